/** The capability `api-key`: where a key is, whose it is and where it may be used. Most are known by their digests; some are signed. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { ApiKeyGrant } from '../api-key-grant.ts'
import type { ApiKeyCapability, ApiKeyKinds, FoundKey } from '../capabilities/api-key.ts'
import type { CredentialAuthentication } from '../capabilities/credentials.ts'
import type { Freshness } from '../capabilities/revocation.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { type CredentialFailure, credentialRefusals } from '../credential-refusals.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { several, takeKeyFrom } from './key-places.ts'
import { KnownKeys } from './known-keys.ts'

export const apiKeyCapability: ApiKeyCapability = (surroundings, kinds) => new ApiKeyAuthentication(surroundings, kinds)

class ApiKeyAuthentication implements CredentialAuthentication {
  readonly #surroundings: Surroundings
  readonly #keys: KnownKeys
  readonly #kinds: ApiKeyKinds
  readonly #counts: CredentialCounts

  constructor(surroundings: Surroundings, kinds: ApiKeyKinds) {
    this.#surroundings = surroundings
    this.#kinds = kinds
    this.#keys = new KnownKeys(surroundings.plan, surroundings.revocations)
    this.#counts = surroundings.metrics.credentials('api-key')
  }

  authenticate({ security, api, onStale }: OperationPlan, fields: RequestFields): Step | null {
    if (security.kind !== 'credentials' || security.alternatives.every(({ apiKey }) => apiKey === null)) return null
    const refusals = credentialRefusals(security, this.#surroundings.plan.name)
    const counts = this.#counts
    const freshness = this.#surroundings.revocations?.freshness(onStale) ?? null
    const places = security.apiKeyPlaces.map((place) => takeKeyFrom(place, fields))
    const refuse = (reason: CredentialFailure): Refusal => {
      counts.refused(reason)
      return refusals[reason]
    }
    const conclude = (key: FoundKey, exchange: Exchange): Refusal | undefined => {
      if (typeof key === 'number') return { ...refuse('api-key-attempts'), fields: `Retry-After: ${Math.ceil(key / 1000)}\r\n` }
      if (typeof key === 'string') return refuse(key)
      const failure = this.#failure(key, exchange, api, freshness)
      if (failure !== undefined) return refuse(failure)
      counts.accepted++
      exchange.apiKey = key
      // A token says more exactly who is calling.
      if ((exchange.token?.consumer ?? null) === null) exchange.consumer = key.consumer
      return undefined
    }
    return (exchange) => {
      let text: string | null = null
      for (const take of places) {
        const found = take(exchange)
        if (found === null) continue
        if (found === several || text !== null) return refuse('api-key-twice')
        text = found
      }
      if (text === null) return undefined
      const key = this.#find(text, exchange)
      if (key instanceof Promise) return key.then((found) => conclude(found, exchange))
      // As with tokens: of forged ones, a connection has one checked in each turn of the loop.
      if (key === 'api-key-signature') return new Promise((resolve) => setImmediate(resolve, refuse(key)))
      return conclude(key, exchange)
    }
  }

  #find(text: string, { caller }: Exchange): FoundKey | Promise<FoundKey> {
    const { signed, slow } = this.#kinds
    if (signed !== null && isSigned(text)) return signed.find(text)
    const key = this.#keys.find(text)
    return slow !== null && key === 'api-key-unknown' ? slow.find(text, caller.key) : key
  }

  #failure(key: ApiKeyGrant, exchange: Exchange, api: number, freshness: Freshness | null): CredentialFailure | undefined {
    const { revocations } = this.#surroundings
    if (revocations !== null && key.marks !== null) {
      const revoked = revocations.isRevoked(key.marks)
      exchange.revocationEpoch = key.marks.epoch
      if (revoked) return 'api-key-revoked'
      if (freshness?.unknown === true) return 'revocation-unknown'
    }
    if (key.expiresAt <= this.#surroundings.clock.now()) return 'api-key-expired'
    if (key.apis[api] !== 1) return 'api-key-api'
    if (key.addresses !== null && !key.addresses.includes(exchange.address)) return 'api-key-address'
    if (key.isPermitted !== null && !key.isPermitted(exchange.head.forwarded)) return 'api-key-origin'
    return undefined
  }
}

/** Three parts, the first of them a JSON object in base64url. */
function isSigned(text: string): boolean {
  return text.startsWith('eyJ') && text.split('.', 4).length === 3
}
