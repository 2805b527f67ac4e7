/**
 * What the gateways of a fleet have in common that others must not know: how callers are hashed, and what ledgers are called. In Redis there
 * are no names of callers, nor anything that tells whether two gateways' ledgers are of the same one.
 */
import crypto from 'node:crypto'

export class FleetKey {
  /** Of the counters' hashes: 32 bytes, the same in all gateways of the fleet. */
  readonly seed: Uint8Array
  /** What all of this gateway's keys begin with. One hash tag: a script may use several of them in a Redis Cluster. */
  readonly prefix: string

  /** `name`: of the gateway. Gateways of other names count for themselves, also with the same secret. */
  constructor(secret: string, name: string) {
    this.seed = derived(secret, `postern throttle seed ${name}`)
    this.prefix = `postern:{throttle-${Buffer.from(derived(secret, `postern throttle keys ${name}`))
      .toString('base64url')
      .slice(0, 12)}}:`
  }

  /** The ledger of a counter's hash. */
  ledger(low: number, high: number): string {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeInt32LE(low, 0)
    bytes.writeInt32LE(high, 4)
    return this.prefix + bytes.toString('base64url')
  }

  get mark(): string {
    return `${this.prefix}mark`
  }
}

/** HKDF, RFC 5869. */
function derived(secret: string, use: string): Uint8Array {
  return new Uint8Array(crypto.hkdfSync('sha256', secret, '', use, 32))
}
