/** Things that several keys of etcd name: what bars them goes with the last of these keys. Few are. */
import crypto from 'node:crypto'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { identityOf } from '../feeds/written-entry.ts'

const most = 10_000

export class SharedNames {
  /** How many keys name a thing, beside the first. */
  readonly #others: Map<string, number> = new Map()
  /** Whether each is counted. */
  #isCertain: boolean = true
  /** A key has gone, and nobody knows whether another one names the same: all keys must be read again. */
  owing: boolean = false

  /** All keys are read from the start. `isCertain`: of what is said meanwhile it is known whether another key has said it before. */
  clear(isCertain: boolean): void {
    this.#others.clear()
    this.#isCertain = isCertain
    this.owing = false
  }

  has(entry: RevokedPlan): boolean {
    return this.#others.size > 0 && this.#others.has(digestOf(entry))
  }

  /** Another key names what one names already. */
  add(entry: RevokedPlan): void {
    if (this.#others.size === most) this.#isCertain = false
    if (this.#isCertain) this.#others.set(digestOf(entry), (this.#others.get(digestOf(entry)) ?? 0) + 1)
  }

  /** One of its keys is gone. Returns whether another one names it, or may. */
  drop(entry: RevokedPlan): boolean {
    const others = this.#others.size === 0 ? undefined : this.#others.get(digestOf(entry))
    if (others === undefined) {
      if (!this.#isCertain) this.owing = true
      return !this.#isCertain
    }
    if (others === 1) this.#others.delete(digestOf(entry))
    else this.#others.set(digestOf(entry), others - 1)
    return true
  }
}

function digestOf(entry: RevokedPlan): string {
  return crypto.hash('sha256', identityOf(entry), 'base64url')
}
