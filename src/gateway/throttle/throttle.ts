/** Throttling by the plan's limits. The counters are in memory that threads can share, so that a limit holds for the whole process. */
import type { ConditionalLimitPlan, OperationPlan } from '../../contract/plan.ts'
import type { ThrottleCapability } from '../capabilities.ts'
import { conditionFields, mayHold } from '../conditions/conditions.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { CallerTiers } from './caller-limits.ts'
import { ConditionalLimit } from './conditional-limit.ts'
import { CountedRequest } from './counted-request.ts'
import { Counter } from './counter.ts'
import { CounterTable } from './counter-table.ts'
import { Times } from './counting-window.ts'
import { CustomLimit, customFields } from './custom-limits.ts'
import { KeyHash } from './key-hash.ts'
import { type OperationCounters, OperationThrottle } from './operation-throttle.ts'

export const throttleCapability: ThrottleCapability = (surroundings) => {
  const { plan, metrics, shared } = surroundings
  const { limits, capacity, custom } = plan.throttling
  const table = CounterTable.attach(shared('throttle', () => CounterTable.make(capacity).buffer))
  metrics.throttleTable = table
  const keys = new KeyHash(table.seed)
  let number = 0
  const counters = limits.map((limit) => limit.windows.map((window) => new Counter(limit, window, number++, keys)))
  const callers = new CallerTiers(plan, counters, keys)
  const ofCallers = counters.flat().filter(({ limit }) => limit.level === 'subscription' || limit.level === 'application')
  const countersOf = (
    { api, limits: own, conditionalLimits, callerLimits, hardLimits, keyManager }: OperationPlan,
    fields: RequestFields,
  ): OperationCounters => {
    const ofBackend = (limit: number | null): readonly Counter[] => (limit === null ? [] : counters[limit]!)
    const customPlans = keyManager === null ? custom.filter(({ conditions }) => mayHold(conditions, api)) : []
    const found = {
      own: own.flatMap((limit) => counters[limit]!),
      production: ofBackend(hardLimits.production),
      sandbox: ofBackend(hardLimits.sandbox),
    }
    const conditional = (groups: readonly ConditionalLimitPlan[]): ConditionalLimit | null =>
      groups.length === 0 ? null : new ConditionalLimit(groups, counters, plan, fields)
    const grouped = groupsOf(conditionalLimits).flatMap(({ limit }) => (limit === null ? [] : counters[limit]!))
    const ofCustom = customPlans.map((each) => new CustomLimit(each, counters[each.limit]!, plan, fields, keys))
    const all = [
      ...Object.values(found).flat(),
      ...grouped,
      ...customPlans.flatMap(({ limit }) => counters[limit]!),
      ...(callerLimits ? ofCallers : []),
    ]
    return {
      ...found,
      ofApi: conditional(conditionalLimits.api),
      ofOperation: conditional(conditionalLimits.operation),
      custom: ofCustom,
      callers: callerLimits ? callers : null,
      needsWallTime: all.some((counter) => counter.needsWallTime),
    }
  }
  // Of an API, an operation, a subscription, an application, custom limits and a backend.
  const most = (5 + custom.length) * Math.max(0, ...counters.map((own) => own.length))
  const times = new Times()
  const read = (): void => {
    times.monotonic = surroundings.clock.monotonic()
    times.wall = surroundings.clock.now()
  }
  const parts = { surroundings, table, keys, times, counted: new CountedRequest(most), meter: { table, times, read } }
  const indexes = new Map(plan.operations.map((operation, index) => [operation, index]))
  return {
    readFields: [
      ...customFields(custom),
      ...plan.operations.flatMap(({ conditionalLimits }) =>
        groupsOf(conditionalLimits).flatMap(({ conditions }) => conditionFields(conditions)),
      ),
    ],
    throttle: (operation, fields) => {
      const found = countersOf(operation, fields)
      const { callers: ofCaller, ofApi, ofOperation } = found
      if (
        ofCaller === null &&
        ofApi === null &&
        ofOperation === null &&
        [found.own, found.custom, found.production, found.sandbox].every((own) => own.length === 0)
      )
        return null
      const throttle = new OperationThrottle(parts, indexes.get(operation)!, operation.api, found)
      return (exchange) => throttle.run(exchange)
    },
  }
}

function groupsOf({ api, operation }: OperationPlan['conditionalLimits']): readonly ConditionalLimitPlan[] {
  return [...api, ...operation]
}
