import type { ConditionPlan } from '../../../contract/plan/condition.ts'
import type { Location } from '../../source/location.ts'
import type { Placed } from './placed.ts'

/** See ConditionPlan; APIs by title. */
export type Condition =
  | Exclude<ConditionPlan, { readonly kind: 'api' }>
  | { readonly kind: 'api'; readonly negated: boolean; readonly apis: readonly Placed<string>[] }

/** Requests for which all of them hold are refused. */
export type DenyEntry = { readonly conditions: readonly Condition[]; readonly at: Location }
