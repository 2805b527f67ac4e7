/** Whoever shows one key of an application, and what the application is subscribed to. */
import type { SubscriptionState } from '../../contract/plan/subscriptions.ts'
import type { Subscription } from '../subscription.ts'
import type { PageDomains } from './page-domains.ts'

/** One object lives as long as the gateway or the token that says it. */
export type Subscriber = {
  readonly keyType: 'production' | 'sandbox' | null
  /** `null`: any page, and clients that are none. */
  readonly domains: PageDomains | null
  /** By the API's index in the plan. */
  readonly terms: ReadonlyMap<number, Terms>
}

export type Terms = { readonly state: SubscriptionState; readonly subscription: Subscription }

/** Whom nothing says anything about. */
export const nobody: Subscriber = { keyType: null, domains: null, terms: new Map() }
