/**
 * The capability `signed-api-key`: WSO2's API keys, which are signed JWTs and say by themselves what they open. They are verified here and
 * nowhere else, so that no key is taken for an access token and no access token for a key.
 */
import type { SignedApiKeyCapability, SignedApiKeys } from '../capabilities/api-key.ts'
import type { Revocations } from '../capabilities/revocation.ts'
import type { CredentialFailure } from '../credential-refusals.ts'
import { ownMember } from '../json-object.ts'
import { maxTokenLength, readCompactJws } from '../jws/compact-jws.ts'
import { KeyIssuer } from './key-issuer.ts'
import { revocableKey } from './revocable-key.ts'
import type { SignedKey } from './signed-key.ts'

/** Characters of all keys that are remembered. */
const mostRemembered = 8 * 1024 * 1024

export const signedApiKeyCapability: SignedApiKeyCapability = ({ plan, clock, revocations }) => {
  const issuers = new Map(plan.apiKeyIssuers.map((issuer) => [issuer.issuer, new KeyIssuer(issuer, plan)]))
  if (issuers.size !== plan.apiKeyIssuers.length) throw new Error('Two issuers of API keys have the same name.')
  return new VerifiedKeys(issuers, revocations, () => clock.now())
}

/** Keys are verified when they are first seen. Only good ones are remembered: a stranger cannot push them out. */
class VerifiedKeys implements SignedApiKeys {
  readonly #issuers: ReadonlyMap<string, KeyIssuer>
  readonly #revocations: Revocations | null
  readonly #now: () => number
  readonly #known: Map<string, SignedKey> = new Map()
  #characters: number = 0

  constructor(issuers: ReadonlyMap<string, KeyIssuer>, revocations: Revocations | null, now: () => number) {
    this.#issuers = issuers
    this.#revocations = revocations
    this.#now = now
  }

  find(text: string): SignedKey | CredentialFailure {
    const key = this.#known.get(text) ?? this.#verify(text)
    if (typeof key === 'string') return key
    return key.notBefore > this.#now() ? 'api-key-not-yet-valid' : key
  }

  #verify(text: string): SignedKey | CredentialFailure {
    if (text.length > maxTokenLength) return 'api-key-malformed'
    const jws = readCompactJws(text)
    if (jws === undefined) return 'api-key-malformed'
    const name = ownMember(jws.claims, 'iss')
    const issuer = typeof name === 'string' ? this.#issuers.get(name) : undefined
    const verified = issuer?.verify(jws) ?? 'api-key-unknown'
    if (typeof verified === 'string') return verified
    const key = { ...verified.key, marks: this.#revocations?.marksOf(revocableKey(jws, text, verified.signer)) ?? null }
    this.#remember(text, key)
    return key
  }

  #remember(text: string, key: SignedKey): void {
    // A copy: the text is a piece of a request's head, all of which it would keep in memory.
    this.#known.set(Buffer.from(text, 'latin1').toString('latin1'), key)
    this.#characters += text.length
    for (const [oldest] of this.#known) {
      if (this.#characters <= mostRemembered) return
      this.#known.delete(oldest)
      this.#characters -= oldest.length
    }
  }
}
