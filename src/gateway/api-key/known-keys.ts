/**
 * The project's API keys, found by digest. They have 128 random bits or more, so a digest without salt and stretching cannot be turned
 * back; looking one up is the same work for every key.
 */
import crypto, { timingSafeEqual } from 'node:crypto'
import type { ApiKeyPlan, GatewayPlan } from '../../contract/plan.ts'
import { Consumer } from '../consumer.ts'
import type { Grant } from '../grant.ts'
import { TrustedProxies } from '../listener/client-address.ts'
import { scopeBits, scopeTable } from '../scope-bits.ts'

export type KnownKey = Grant & {
  readonly digest: Buffer
  /** Milliseconds since the epoch from which it is refused. */
  readonly expiresAt: number
  /** Which of the plan's APIs it opens. */
  readonly apis: Uint8Array
  /** `null`: any. */
  readonly addresses: TrustedProxies | null
  readonly origins: ReadonlySet<string> | null
}

/** Characters. What is longer is no key, and is not digested. */
const longest = 256

export class KnownKeys {
  /** By the first half of the digest; the second half is compared in constant time. */
  readonly #byDigest: ReadonlyMap<string, KnownKey>

  constructor(plan: GatewayPlan) {
    this.#byDigest = new Map(plan.apiKeys.map((key) => [key.sha256.slice(0, 32), knownKey(key, plan)]))
  }

  /** Returns `malformed` for what cannot be a key. */
  find(text: string): KnownKey | 'malformed' | undefined {
    if (text.length > longest || !/^[\x21-\x7e]+$/.test(text)) return 'malformed'
    const digest = crypto.hash('sha256', text, 'hex')
    const key = this.#byDigest.get(digest.slice(0, 32))
    return key !== undefined && timingSafeEqual(key.digest, Buffer.from(digest, 'latin1')) ? key : undefined
  }
}

function knownKey({ id, sha256, consumer, scopes, apis, addresses, origins, expiresAt }: ApiKeyPlan, plan: GatewayPlan): KnownKey {
  return {
    digest: Buffer.from(sha256, 'latin1'),
    scopeBits: scopeBits(scopeTable(plan.scopes), scopes),
    consumer: new Consumer(`consumer:${consumer}`),
    claims: { sub: consumer, client_id: id, scope: scopes.map((scope) => plan.scopes[scope]!).join(' ') },
    expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
    apis: Uint8Array.from(plan.apis, (_, index) => (apis === null || apis.includes(index) ? 1 : 0)),
    addresses: addresses.length === 0 ? null : new TrustedProxies(addresses),
    origins: origins.length === 0 ? null : new Set(origins),
  }
}
