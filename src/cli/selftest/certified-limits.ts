/** Limits of the plan, compared with those that are certified: large ones are not used up as they are, and some hold for some requests only. */
import type { Json } from '../../compiler/plan/canonical.ts'
import { writtenPlanCondition } from '../../compiler/plan/written-condition.ts'
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { ManifestLimit, ManifestNamedLimits } from '../../contract/manifest/limit.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { ConditionPlan } from '../../contract/plan/condition.ts'
import type { ConditionalLimitPlan, KeySelectorPlan, NamedLimitsPlan, NamedTierPlan } from '../../contract/plan/conditional-limit.ts'
import type { LimitLevel } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

/** Of one operation. `operation`: `undefined` for one that the plan does not have. */
export function certifiedLimits(limits: readonly ManifestLimit[], operation: OperationPlan | undefined, plan: GatewayPlan): Outcome {
  const found: readonly Json[] =
    operation === undefined
      ? []
      : [
          ...plannedGroups('api', operation.conditionalLimits.api, plan),
          ...plannedGroups('operation', operation.conditionalLimits.operation, plan),
          ...operation.limits.map((index) => planned(index, plan)),
          ...(['production', 'sandbox'] as const).flatMap((backend) => {
            const index = operation.hardLimits[backend]
            return index === null ? [] : [[backend, planned(index, plan)]]
          }),
        ]
  return same(
    'limits',
    limits.map((limit) => {
      if (limit.conditions.length > 0) return certifiedGroup(limit)
      return limit.backend === null ? certified(limit) : [limit.backend, certified(limit)]
    }),
    found,
  )
}

/** Of callers, and those with keys of their own. */
export function certifiedThrottling({ throttling }: Manifest, plan: GatewayPlan): Outcome {
  const { subscription, application, unauthenticated, custom } = plan.throttling
  return same(
    'limits of callers, and limits with keys of their own',
    throttling === null
      ? nothing
      : [
          certifiedTiers(throttling.subscription),
          certifiedTiers(throttling.application),
          certifiedNamed(throttling.unauthenticated),
          throttling.custom.map(({ limit, key, conditions }) => [certified(limit), key, conditions]),
        ],
    throttling === null && !plan.operations.some(({ limited }) => limited)
      ? nothing
      : [
          plannedTiers('subscription', subscription, plan),
          plannedTiers('application', application, plan),
          unauthenticated === null ? [] : plannedNamed('subscription', unauthenticated, plan),
          custom.map(({ limit, key, conditions }) => [planned(limit, plan), key.map(selector), written(conditions, plan)]),
        ],
  )
}

/** Where several gateways count together: nobody of them is asked here. */
export function certifiedStore({ throttling }: Manifest, { throttling: planned }: GatewayPlan): Outcome {
  const store = throttling?.store ?? 'local'
  const { store: redis, trafficManager: manager } = planned
  return same(
    'where limits are counted together',
    store === 'local'
      ? null
      : store.kind === 'redis'
        ? [store.urls, store.plainTcp, store.mode, store.whenAway, store.replicas]
        : [store.events.url, store.data.url, store.decisions.url, store.decisions.topic, store.tenant, store.whenAway, store.replicas],
    manager !== null
      ? [
          writtenSettings(manager.events.url),
          writtenSettings(manager.data.url),
          writtenSettings(manager.decisions.url),
          manager.decisions.topic,
          manager.tenant,
          manager.whenAway,
          manager.replicas,
        ]
      : redis === null
        ? null
        : [redis.urls.map(writtenSettings), redis.plainTcp, redis.mode, redis.whenAway, redis.replicas],
  )
}

const nothing: Json = [null, null, null, []]

function certifiedTiers(tiers: ManifestNamedLimits | null): Json {
  if (tiers === null) return null
  return [certifiedNamed(tiers.tiers), tiers.unlimited, tiers.otherwise, tiers.unknown]
}

function plannedTiers(level: LimitLevel, named: NamedLimitsPlan | null, plan: GatewayPlan): Json {
  if (named === null) return null
  const { tiers, otherwise, unknown } = named
  return [
    tiers.flatMap((tier) => plannedNamed(level, tier, plan)),
    tiers.flatMap(({ name, limit, groups }) => (limit === null && groups.length === 0 ? [name] : [])),
    otherwise === null ? null : (tiers[otherwise]?.name ?? ''),
    unknown,
  ]
}

function certifiedNamed(limits: readonly ManifestLimit[]): Json[] {
  return limits.map((limit) => (limit.conditions.length > 0 ? [limit.tier, certifiedGroup(limit)] : certified(limit)))
}

function plannedNamed(level: LimitLevel, { name, limit, groups }: NamedTierPlan, plan: GatewayPlan): Json[] {
  return limit === null ? plannedGroups(level, groups, plan).map((group) => [name, group]) : [planned(limit, plan)]
}

function certifiedGroup(limit: ManifestLimit): Json {
  return [limit.level, limit.conditions, limit.windows.length === 0 ? null : certified(limit)]
}

/** The last one has no conditions, and holds otherwise. */
function plannedGroups(level: LimitLevel, groups: readonly ConditionalLimitPlan[], plan: GatewayPlan): readonly Json[] {
  return groups.map(({ limit, conditions }) => [
    level,
    conditions.length === 0 ? ['otherwise'] : written(conditions, plan),
    limit === null ? null : planned(limit, plan),
  ])
}

function selector(key: KeySelectorPlan): string {
  return 'name' in key ? `${key.kind}:${key.name}` : key.kind
}

function written(conditions: readonly ConditionPlan[], { apis }: GatewayPlan): readonly string[] {
  return conditions.map((condition) => writtenPlanCondition(condition, apis))
}

function certified({ tier, level, by, whenUsedUp, windows }: ManifestLimit): Json {
  return [
    tier,
    level,
    by,
    whenUsedUp,
    windows.map(({ unit, amount, algorithm, windowSeconds, calendar, burst }) => [
      unit,
      amount,
      algorithm,
      windowSeconds,
      calendar === null ? null : [calendar.period, calendar.timeZone],
      burst,
    ]),
  ]
}

function planned(index: number, { throttling }: GatewayPlan): Json {
  const limit = throttling.limits[index]
  if (limit === undefined) return null
  return [
    limit.tier,
    limit.level,
    limit.by,
    limit.whenUsedUp,
    limit.windows.map((window) => [
      window.unit,
      window.amount,
      window.algorithm,
      window.algorithm === 'calendar' ? null : window.window / 1000,
      window.algorithm === 'calendar' ? [window.period, window.timeZone] : null,
      window.algorithm === 'gcra' ? window.burst : null,
    ]),
  ]
}
