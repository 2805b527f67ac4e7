/** Throttling by the plan's limits. The counters are in memory that threads can share, so that a limit holds for the whole process. */
import type { OperationPlan } from '../../contract/plan.ts'
import type { ThrottleCapability } from '../capabilities.ts'
import { CallerTiers } from './caller-limits.ts'
import { CountedRequest } from './counted-request.ts'
import { Counter } from './counter.ts'
import { CounterTable } from './counter-table.ts'
import { Times } from './counting-window.ts'
import { KeyHash } from './key-hash.ts'
import { type OperationCounters, OperationThrottle } from './operation-throttle.ts'

export const throttleCapability: ThrottleCapability = (surroundings) => {
  const { plan, metrics, shared } = surroundings
  const { limits, capacity } = plan.throttling
  const table = CounterTable.attach(shared('throttle', () => CounterTable.make(capacity).buffer))
  metrics.throttleTable = table
  const keys = new KeyHash(table.seed)
  let number = 0
  const counters = limits.map((limit) => limit.windows.map((window) => new Counter(limit, window, number++, keys)))
  const callers = new CallerTiers(plan, counters, keys)
  const ofCallers = counters.flat().filter(({ limit }) => limit.level === 'subscription' || limit.level === 'application')
  const countersOf = ({ limits: own, callerLimits, hardLimits }: OperationPlan): OperationCounters => {
    const ofBackend = (limit: number | null): readonly Counter[] => (limit === null ? [] : counters[limit]!)
    const found = {
      own: own.flatMap((limit) => counters[limit]!),
      production: ofBackend(hardLimits.production),
      sandbox: ofBackend(hardLimits.sandbox),
    }
    const all = [...Object.values(found).flat(), ...(callerLimits ? ofCallers : [])]
    return { ...found, callers: callerLimits ? callers : null, needsWallTime: all.some((counter) => counter.needsWallTime) }
  }
  // Of an API, an operation, a subscription, an application and a backend.
  const most = 5 * Math.max(0, ...counters.map((own) => own.length))
  const parts = { surroundings, table, keys, times: new Times(), counted: new CountedRequest(most) }
  const indexes = new Map(plan.operations.map((operation, index) => [operation, index]))
  return {
    throttle: (operation) => {
      const found = countersOf(operation)
      if (found.callers === null && [found.own, found.production, found.sandbox].every((own) => own.length === 0)) return null
      const throttle = new OperationThrottle(parts, indexes.get(operation)!, operation.api, found)
      return (exchange) => throttle.run(exchange)
    },
  }
}
