/** What knows who is subscribed to an API. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { Surroundings } from './surroundings.ts'

export type SubscriptionsCapability = (surroundings: Surroundings) => SubscriptionValidation

export type SubscriptionValidation = {
  /** Sets exchange.subscription, or refuses a caller that has none. `null` where the operation asks for none. */
  readonly validate: (operation: OperationPlan) => Step | null
}
