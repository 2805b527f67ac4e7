/** What limits whom, and who counts. */
import type { ConcurrencyPlan } from '../../../contract/plan/concurrency.ts'
import type { KeySelectorPlan } from '../../../contract/plan/conditional-limit.ts'
import type { WindowPlan } from '../../../contract/plan/limit.ts'
import type { SharedStorePlan } from '../../../contract/plan/shared-store.ts'
import type { TrafficManagerPlan } from '../../../contract/plan/traffic-manager.ts'
import type { Location } from '../../source/location.ts'
import type { Authority } from './authority.ts'
import type { Condition } from './condition.ts'
import type { Placed } from './placed.ts'
import type { Service } from './service.ts'

/** See ConcurrencyPlan. */
export type Concurrency = Placed<ConcurrencyPlan>

/** See CustomLimitPlan. */
export type CustomLimit = {
  readonly name: string
  readonly at: Location
  readonly conditions: readonly Condition[]
  readonly key: readonly KeySelectorPlan[]
  readonly windows: readonly WindowPlan[]
}

/** What postern.yaml says of counting; tiers by name. */
export type Throttling = {
  /** Of those of whom nothing says another; `null`: no limit. */
  readonly application: Placed<string> | null
  readonly subscription: Placed<string> | null
  /** Of callers without a credential. */
  readonly unauthenticated: Placed<string> | null
  /** Gateways that run at the same time, at the most. */
  readonly replicas: number
  /** `null`: each gateway counts for itself. */
  readonly store:
    | (Omit<SharedStorePlan, 'authorities' | 'replicas'> & { readonly authorities: readonly Authority[]; readonly at: Location })
    | null
  /** `null`: there is none. Never beside `store`. */
  readonly trafficManager: TrafficManager | null
}

/** See TrafficManagerPlan. */
export type TrafficManager = Pick<TrafficManagerPlan, 'login' | 'tenant' | 'whenAway'> & {
  readonly events: Service
  readonly data: Service
  readonly decisions: Omit<TrafficManagerPlan['decisions'], 'authorities'> & {
    readonly authorities: readonly Authority[]
    readonly at: Location
  }
}

/** Requests that an API's backends bear in `per` milliseconds, wherever they begin. */
export type Capacities = Readonly<Record<'production' | 'sandbox', Placed<{ readonly requests: number; readonly per: number }> | null>>

/** What an API's backends are spared, over all callers. */
export type HardLimits = Readonly<Record<'production' | 'sandbox', Placed<readonly WindowPlan[]> | null>>

export type Throttle = { readonly tier: Placed<string>; readonly by: 'consumer' | 'api' | 'address' }
