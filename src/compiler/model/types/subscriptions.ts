import type { ApplicationPlan, ConsumerKeyPlan, SubscriptionState } from '../../../contract/plan/subscriptions.ts'
import type { Location } from '../../source/location.ts'
import type { Placed } from './placed.ts'

/** What the file says that `subscriptions` of the project names. */
export type Subscriptions = { readonly at: Location; readonly applications: readonly Application[] }

/** See ApplicationPlan. */
export type Application = Omit<ApplicationPlan, 'keys' | 'subscriptions' | 'tier'> & {
  readonly tier: Placed<string> | null
  readonly at: Location
  readonly keys: readonly ConsumerKey[]
  readonly subscriptions: readonly ApiSubscription[]
}

/** What its callers show: of tokens the client id, with the issuer where the project has several. */
export type ConsumerKey = Pick<ConsumerKeyPlan, 'keyType' | 'domains'> & {
  readonly kind: 'client' | 'consumer' | 'user' | 'certificate'
  readonly name: Placed<string>
  readonly issuer: Placed<string> | null
}

export type ApiSubscription = {
  /** Title of the API. */
  readonly api: Placed<string>
  /** `*` for every one. */
  readonly version: Placed<string>
  readonly tier: Placed<string> | null
  readonly state: SubscriptionState
}
