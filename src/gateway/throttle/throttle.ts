/** Throttling by the plan's limits. The counters are in memory that threads can share, so that a limit holds for the whole process. */
import type { ThrottleCapability } from '../capabilities.ts'
import { Counter } from './counter.ts'
import { CounterTable } from './counter-table.ts'
import { Times } from './counting-window.ts'
import { KeyHash } from './key-hash.ts'
import { OperationThrottle } from './operation-throttle.ts'

export const throttleCapability: ThrottleCapability = (surroundings) => {
  const { plan, metrics, shared } = surroundings
  const table = CounterTable.attach(shared('throttle', () => CounterTable.make(plan.throttling.capacity).buffer))
  metrics.throttleTable = table
  const parts = { surroundings, table, keys: new KeyHash(table.seed), times: new Times() }
  let number = 0
  const counters = plan.throttling.limits.map((limit) => limit.windows.map((window) => new Counter(limit, window, number++, parts.keys)))
  const indexes = new Map(plan.operations.map((operation, index) => [operation, index]))
  return {
    throttle: (operation) => {
      const own = operation.limits.flatMap((limit) => counters[limit]!)
      if (own.length === 0) return null
      const throttle = new OperationThrottle(parts, indexes.get(operation)!, own)
      return (exchange) => throttle.run(exchange)
    },
  }
}
