import type { WhenUsedUp, WindowPlan } from '../../../contract/plan/limit.ts'
import type { Location } from '../../source/location.ts'
import type { Condition } from './condition.ts'

/** Limits for requests for which all conditions hold. */
export type TierGroup = { readonly conditions: readonly Condition[]; readonly windows: readonly WindowPlan[]; readonly at: Location }

export type Tier = {
  readonly name: string
  readonly at: Location
  /** All of one unit. Empty where it is wrong, which has been reported. */
  readonly windows: readonly WindowPlan[]
  readonly whenUsedUp: WhenUsedUp
}
