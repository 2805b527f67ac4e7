/** Which application calls, and what it is subscribed to. */

/** What an operation asks of its callers beyond a good credential: an application that is subscribed to the API. */
export type SubscriptionPlan = {
  /** Issuers whose tokens need one. */
  readonly issuers: readonly number[]
  /** Whether API keys and users need one. */
  readonly grants: boolean
  /** Whether a client certificate does, where it suffices alone and comes without any of those. */
  readonly certificate: boolean
}

/** `blocked-production`: for production keys only. */
export type SubscriptionState = 'active' | 'on-hold' | 'blocked' | 'blocked-production' | 'rejected'

/** Who subscribes to APIs. */
export type ApplicationPlan = {
  readonly id: string
  readonly uuid: string | null
  readonly name: string
  readonly owner: string | null
  readonly tier: string | null
  readonly keys: readonly ConsumerKeyPlan[]
  /** One for each API at the most; `tier` is the subscription's. */
  readonly subscriptions: readonly { readonly api: number; readonly tier: string | null; readonly state: SubscriptionState }[]
}

/** What callers of an application show. */
export type ConsumerKeyPlan = {
  /** `client:<issuer's index>:<client id>`, or what Consumer.key is: `consumer:…`, `user:…`, `certificate:…`. */
  readonly holder: string
  /** `null`: what the token says. */
  readonly keyType: 'production' | 'sandbox' | null
  /** Hosts of the web pages that may use it, `*.` in front for those below; empty for any, and for clients that are no page. */
  readonly domains: readonly string[]
}
