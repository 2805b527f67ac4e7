/** The capability `api-key`: keys that the project knows by their digests, and where they may be used. */
import type { OperationPlan } from '../../contract/plan.ts'
import type { ApiKeyCapability, CredentialAuthentication, Surroundings } from '../capabilities.ts'
import { type CredentialFailure, credentialRefusals } from '../credential-refusals.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { originOf } from '../page-origin.ts'
import { several, takeKeyFrom } from './key-places.ts'
import { type KnownKey, KnownKeys } from './known-keys.ts'

export const apiKeyCapability: ApiKeyCapability = (surroundings) => new ApiKeyAuthentication(surroundings)

class ApiKeyAuthentication implements CredentialAuthentication {
  readonly #surroundings: Surroundings
  readonly #keys: KnownKeys
  readonly #counts: CredentialCounts

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#keys = new KnownKeys(surroundings.plan)
    this.#counts = surroundings.metrics.credentials('api-key')
  }

  authenticate({ security, api }: OperationPlan, fields: RequestFields): Step | null {
    if (security.kind !== 'credentials' || security.alternatives.every(({ apiKey }) => apiKey === null)) return null
    const refusals = credentialRefusals(security, this.#surroundings.plan.name)
    const counts = this.#counts
    const places = security.apiKeyPlaces.map((place) => takeKeyFrom(place, fields))
    const refuse = (reason: CredentialFailure): Refusal => {
      counts.refused(reason)
      return refusals[reason]
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
      const key = this.#keys.find(text)
      if (key === undefined) return refuse('api-key-unknown')
      if (key === 'malformed') return refuse('api-key-malformed')
      const failure = this.#failure(key, exchange, api)
      if (failure !== undefined) return refuse(failure)
      counts.accepted++
      exchange.apiKey = key
      // A token says more exactly who is calling.
      if ((exchange.token?.consumer ?? null) === null) exchange.consumer = key.consumer
      return undefined
    }
  }

  #failure(key: KnownKey, exchange: Exchange, api: number): CredentialFailure | undefined {
    if (key.expiresAt <= this.#surroundings.clock.now()) return 'api-key-expired'
    if (key.apis[api] !== 1) return 'api-key-api'
    if (key.addresses !== null && !key.addresses.includes(exchange.address)) return 'api-key-address'
    if (key.origins !== null && !key.origins.has(originOf(exchange.head.forwarded))) return 'api-key-origin'
    return undefined
  }
}
