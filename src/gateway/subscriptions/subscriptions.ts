/** The capability `subscriptions`: whether the application that calls is subscribed to the API. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { SubscriptionsCapability, SubscriptionValidation } from '../capabilities/subscriptions.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { claimReader } from '../claim-reader.ts'
import { clientId } from '../client-id.ts'
import type { Consumer } from '../consumer.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { originOf } from '../page-origin.ts'
import { claimedSubscriber } from './claimed-subscriber.ts'
import { knownSubscribers } from './known-subscribers.ts'
import { nobody, type Subscriber } from './subscriber.ts'

const failures = {
  'subscription-missing': 'subscription-missing',
  'subscription-blocked': 'subscription-blocked',
  'subscription-on-hold': 'subscription-inactive',
  'subscription-domain': 'credential-not-allowed',
} as const satisfies Readonly<Record<string, RefusalKind>>

type Failure = keyof typeof failures

type KeyType = VerifiedToken['keyType']

export const subscriptionsCapability: SubscriptionsCapability = (surroundings) => new Subscriptions(surroundings)

class Subscriptions implements SubscriptionValidation {
  readonly #surroundings: Surroundings
  readonly #known: ReadonlyMap<string, Subscriber>
  readonly #counts: CredentialCounts
  readonly #claims: readonly { readonly application: ReturnType<typeof claimReader>; readonly client: ReturnType<typeof claimReader> }[]

  constructor(surroundings: Surroundings) {
    const { applications, issuers } = surroundings.plan
    this.#surroundings = surroundings
    this.#known = knownSubscribers(applications)
    this.#counts = surroundings.metrics.credentials('subscription')
    this.#claims = issuers.map(({ claims }) => ({ application: claimReader(claims.application), client: claimReader(claims.client) }))
  }

  validate({ api, subscription: asked }: OperationPlan): Step | null {
    if (asked === null) return null
    const ofIssuer = Uint8Array.from(this.#surroundings.plan.issuers, (_, issuer) => (asked.issuers.includes(issuer) ? 1 : 0))
    const { grants } = asked
    const certificateAlone = asked.certificate
    return (exchange) => {
      const { token, apiKey, user, certificate, holder } = exchange
      // Every credential that counts for something needs its own: one with a subscription does not vouch for another.
      let failure: Failure | undefined
      if (token !== null && ofIssuer[token.issuer] === 1) {
        token.subscriber ??= this.#ofToken(token)
        failure = this.#judge(token.subscriber, token.keyType, api, exchange)
      }
      if (grants) {
        if (apiKey !== null) failure ??= this.#judge(this.#ofHolder(apiKey.consumer), 'production', api, exchange)
        if (user !== null) failure ??= this.#judge(this.#ofHolder(user.consumer), 'production', api, exchange)
      }
      if (certificateAlone && certificate !== null && failure === undefined && exchange.subscription === null)
        failure = this.#judge(this.#ofCertificate(certificate.consumer, holder), 'production', api, exchange)
      if (failure !== undefined) return this.#refuse(failure)
      if (exchange.subscription !== null) this.#counts.accepted++
      return undefined
    }
  }

  #ofHolder({ key }: Consumer): Subscriber {
    return this.#known.get(key) ?? nobody
  }

  /** What is said of the one certificate counts before what is said of whoever holds it. */
  #ofCertificate({ key }: Consumer, holder: Consumer | null): Subscriber {
    return this.#known.get(key) ?? (holder === null ? nobody : this.#ofHolder(holder))
  }

  /** The project knows best: what it says of a client holds whatever the token claims. */
  #ofToken({ issuer, claims }: VerifiedToken): Subscriber {
    const readers = this.#claims[issuer]
    if (claims === null || readers === undefined) return nobody
    const client = clientId(claims, readers.client)
    const known = client === undefined ? undefined : this.#known.get(`client:${issuer}:${client}`)
    return known ?? claimedSubscriber(claims, readers.application, this.#surroundings.plan.apis) ?? nobody
  }

  /** Sets exchange.subscription to that of the first credential, which says who is calling. */
  #judge(subscriber: Subscriber, otherwise: KeyType, api: number, exchange: Exchange): Failure | undefined {
    const terms = subscriber.terms.get(api)
    if (terms === undefined) return 'subscription-missing'
    const { state, subscription } = terms
    if (state !== 'active') {
      const failure = failureOf(state, subscriber.keyType ?? otherwise)
      if (failure !== undefined) return failure
    }
    if (subscriber.domains !== null && !subscriber.domains.includes(originOf(exchange.head.forwarded))) return 'subscription-domain'
    exchange.subscription ??= subscription
    return undefined
  }

  #refuse(reason: Failure): Refusal {
    this.#counts.refused(reason)
    return refusals[reason]
  }
}

function failureOf(state: 'on-hold' | 'blocked' | 'blocked-production' | 'rejected', keyType: KeyType): Failure | undefined {
  switch (state) {
    case 'on-hold':
      return 'subscription-on-hold'
    case 'blocked':
      return 'subscription-blocked'
    case 'blocked-production':
      return keyType === 'production' ? 'subscription-blocked' : undefined
    case 'rejected':
      return 'subscription-missing'
  }
}

const refusals = Object.fromEntries(
  Object.entries(failures).map(([reason, kind]) => [reason, { kind, fields: '', reason }] as const),
  // The entries are made from the table's own keys.
) as Readonly<Record<Failure, Refusal>>
