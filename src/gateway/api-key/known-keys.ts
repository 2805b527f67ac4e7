/**
 * The project's API keys whose digests are SHA-256, found by them. They have 128 random bits or more, so a digest without salt and
 * stretching cannot be turned back; looking one up is the same work for every key.
 */
import crypto, { timingSafeEqual } from 'node:crypto'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type ApiKeyGrant, grantOf } from '../api-key-grant.ts'
import type { Revocations } from '../capabilities/revocation.ts'
import type { CredentialFailure } from '../credential-refusals.ts'

type KnownKey = ApiKeyGrant & { readonly digest: Buffer }

/** Characters. What is longer is no key, and is not digested. */
const longest = 256

export class KnownKeys {
  /** By the first half of the digest; the second half is compared in constant time. */
  readonly #byDigest: ReadonlyMap<string, KnownKey>
  /**
   * Good ones that were sent, by their text, so that a known key costs no digest; never more than there are keys. As with tokens, a text is
   * compared only with one of the same hash, which is keyed and new in each process: how long that takes tells nothing of a key's characters.
   */
  readonly #byText: Map<string, KnownKey> = new Map()

  constructor(plan: GatewayPlan, revocations: Revocations | null = null) {
    const known = plan.apiKeys.flatMap((key) => {
      if (key.digest.kind !== 'sha256') return []
      const { hash } = key.digest
      return [[hash.slice(0, 32), { ...grantOf(key, plan, revocations), digest: Buffer.from(hash, 'latin1') }] as const]
    })
    this.#byDigest = new Map(known)
  }

  find(text: string): ApiKeyGrant | CredentialFailure {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    if (text.length > longest || !/^[\x21-\x7e]+$/.test(text)) return 'api-key-malformed'
    const digest = crypto.hash('sha256', text, 'hex')
    const key = this.#byDigest.get(digest.slice(0, 32))
    if (key === undefined || !timingSafeEqual(key.digest, Buffer.from(digest, 'latin1'))) return 'api-key-unknown'
    // A copy: the text is a slice of a whole request head, which it would keep alive.
    this.#byText.set(Buffer.from(text, 'latin1').toString('latin1'), key)
    return key
  }
}
