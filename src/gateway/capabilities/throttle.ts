/** What counts requests, alone or together with other gateways. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Exchange, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { SharedCounting } from '../shared-counting.ts'
import type { CallerLimits } from '../throttle/caller-limits.ts'
import type { DenyList } from './deny.ts'
import type { Surroundings } from './surroundings.ts'

/** `shared`: what several gateways count by; without it each counts for itself. */
export type ThrottleCapability = (surroundings: Surroundings, shared?: SharedCounting | null) => Throttling

/** Opens what several gateways count by. Rejects with a StartError for settings that cannot be used. */
export type ThrottleRedisCapability = (surroundings: Surroundings) => Promise<SharedCounting>

/**
 * Opens what a Traffic Manager counts and decides by. `throttle`: what this gateway counts by itself. Rejects with a StartError for settings that
 * cannot be used.
 */
export type TrafficManagerCapability = (
  surroundings: Surroundings,
  throttle: ThrottleCapability,
) => Promise<{ readonly throttling: Throttling; readonly denied: DenyList }>

export type Throttling = {
  /** Counts the request against the operation's limits, or refuses. `null` where it has none. */
  readonly throttle: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  /** Which limits hold for a caller of an API, an index in the plan, and whom they count. */
  readonly callerLimits: (exchange: Exchange, api: number) => CallerLimits
}
