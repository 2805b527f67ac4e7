/** All that is counted, and where. */
import type { CustomLimitPlan, NamedLimitsPlan, NamedTierPlan } from './conditional-limit.ts'
import type { LimitPlan } from './limit.ts'
import type { SharedStorePlan } from './shared-store.ts'
import type { TrafficManagerPlan } from './traffic-manager.ts'

export type ThrottlingPlan = {
  /** `null`: each gateway counts for itself, but for what a Traffic Manager counts. */
  readonly store: SharedStorePlan | null
  /** `null`: there is none. Never beside `store`. */
  readonly trafficManager: TrafficManagerPlan | null
  readonly limits: readonly LimitPlan[]
  /** Counters that the table holds at the most. */
  readonly capacity: number
  /** `null`: these levels limit nobody. */
  readonly subscription: NamedLimitsPlan | null
  readonly application: NamedLimitsPlan | null
  /** For callers without a credential; `null`: no limit. */
  readonly unauthenticated: NamedTierPlan | null
  readonly custom: readonly CustomLimitPlan[]
}
