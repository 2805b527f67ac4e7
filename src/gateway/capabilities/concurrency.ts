/** What bounds the requests in flight. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { Surroundings } from './surroundings.ts'

export type ConcurrencyCapability = (surroundings: Surroundings) => Concurrency

export type Concurrency = {
  /** Has the request take its places among those in flight, or refuses, perhaps after a wait. `null` for an operation without such a bound. */
  readonly limit: (operation: OperationPlan) => Step | null
}
