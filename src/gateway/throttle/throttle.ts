/** Throttling by the plan's limits. The counters are in memory that threads can share, so that a limit holds for the whole process. */
import type { ConditionalLimitPlan } from '../../contract/plan/conditional-limit.ts'
import type { LimitPlan, WindowPlan } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { ThrottlingPlan } from '../../contract/plan/throttling.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { ThrottleCapability } from '../capabilities/throttle.ts'
import { conditionFields, mayHold } from '../conditions/conditions.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { SharedCounting } from '../shared-counting.ts'
import { CallerTiers } from './caller-limits.ts'
import { ConditionalLimit } from './conditional-limit.ts'
import { CountedRequest } from './counted-request.ts'
import { Counter, windowOf } from './counter.ts'
import { CounterTable } from './counter-table.ts'
import { Times } from './counting-window.ts'
import { CustomLimit, customFields } from './custom-limits.ts'
import { CalendarFrame } from './frames.ts'
import { KeyHash } from './key-hash.ts'
import { type OperationCounters, OperationThrottle } from './operation-throttle.ts'
import { SpentNotes } from './spent-quota.ts'

export const throttleCapability: ThrottleCapability = (surroundings, shared = null) => {
  const { plan } = surroundings
  const indexes = new Map(plan.operations.map((operation, index) => [operation, index]))
  const own = counting(surroundings, shared, shared === null ? null : shared.window)
  const alone = shared === null ? null : counting(surroundings, shared, null)
  return {
    readFields: [
      ...customFields(plan.throttling.custom),
      ...plan.operations.flatMap(({ conditionalLimits }) =>
        groupsOf(conditionalLimits).flatMap(({ conditions }) => conditionFields(conditions)),
      ),
      ...groupsOfCallers(plan.throttling).flatMap(({ conditions }) => conditionFields(conditions)),
    ],
    callerLimits: (exchange, api) => own.callers().of(exchange, api),
    throttle: (operation, fields) => {
      const found = own.of(operation, fields)
      if (limitsNothing(found)) return null
      const index = indexes.get(operation)!
      const instead = alone === null ? null : new OperationThrottle(alone.parts, index, operation.api, alone.of(operation, fields), null)
      const throttle = new OperationThrottle(own.parts, index, operation.api, found, instead)
      return (exchange) => throttle.run(exchange)
    },
  }
}

/** The counters of all limits. `sharedWindow`: `null` where this gateway counts by itself, be it only while it must. */
function counting(surroundings: Surroundings, shared: SharedCounting | null, sharedWindow: SharedCounting['window'] | null) {
  const { plan, metrics, shared: memory } = surroundings
  const { limits, capacity, custom } = plan.throttling
  const name = shared !== null && sharedWindow === null ? 'throttle-alone' : 'throttle'
  const table = CounterTable.attach(memory(name, () => CounterTable.make(capacity).buffer))
  if (name === 'throttle') metrics.throttleTable = table
  const keys = new KeyHash(shared?.seed ?? table.seed)
  const counterOf = (limit: LimitPlan, index: number, window: WindowPlan, position: number): Counter => {
    if (shared === null) return new Counter(limit, window, `${index} ${position}`, keys)
    const counterName = `${shared.names[index]} ${shared.windowName(window)}`
    if (sharedWindow === null) return new Counter(limit, shared.alone(window), counterName, keys)
    const calendar = window.algorithm === 'calendar' ? new CalendarFrame(window.period, window.timeZone) : null
    return new Counter(limit, window, counterName, keys, sharedWindow(window, windowOf(window), table, calendar))
  }
  const counters = limits.map((limit, index) => limit.windows.map((window, position) => counterOf(limit, index, window, position)))
  /** Of the fields, which are the same for all operations. */
  let callers: CallerTiers | null = null
  const ofCallers = counters.flat().filter(({ limit }) => limit.level === 'subscription' || limit.level === 'application')
  const of = (
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
    if (callerLimits) callers ??= new CallerTiers(plan, counters, keys, fields)
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
  const counted = new CountedRequest(most)
  const spent = new SpentNotes(table, surroundings.clock, most)
  const parts = { surroundings, table, keys, times, counted, meter: { table, times, read }, spent, shared }
  const callersOf = (): CallerTiers => {
    if (callers === null) throw new Error('no operation goes by its callers')
    return callers
  }
  return { parts, of, callers: callersOf }
}

function limitsNothing({ callers, ofApi, ofOperation, own, custom, production, sandbox }: OperationCounters): boolean {
  return callers === null && ofApi === null && ofOperation === null && [own, custom, production, sandbox].every((each) => each.length === 0)
}

function groupsOfCallers({ subscription, application, unauthenticated }: ThrottlingPlan): readonly ConditionalLimitPlan[] {
  const tiers = [...(subscription?.tiers ?? []), ...(application?.tiers ?? []), ...(unauthenticated === null ? [] : [unauthenticated])]
  return tiers.flatMap(({ groups }) => groups)
}

function groupsOf({ api, operation }: OperationPlan['conditionalLimits']): readonly ConditionalLimitPlan[] {
  return [...api, ...operation]
}
