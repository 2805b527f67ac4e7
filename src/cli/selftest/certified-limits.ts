/** The limits of one operation in the plan, compared with those that are certified: large ones are not used up as they are. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { ManifestLimit } from '../../contract/manifest.ts'
import type { GatewayPlan, LimitPlan, OperationPlan } from '../../contract/plan.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

/** `operation`: `undefined` for one that the plan does not have. */
export function certifiedLimits(limits: readonly ManifestLimit[], operation: OperationPlan | undefined, plan: GatewayPlan): Outcome {
  const { conditionalLimits, hardLimits } = operation ?? { conditionalLimits: { api: [], operation: [] }, hardLimits: null }
  const indexes = [
    ...[...conditionalLimits.api, ...conditionalLimits.operation].map(({ limit }) => limit),
    ...(operation?.limits ?? []),
    hardLimits?.production ?? null,
    hardLimits?.sandbox ?? null,
  ].filter((index) => index !== null)
  return same(
    'limits',
    limits.map((limit) => [
      limit.tier,
      limit.level,
      limit.by,
      limit.whenUsedUp,
      limit.windows.map(({ unit, amount, algorithm, windowSeconds, burst }) => [unit, amount, algorithm, windowSeconds, burst]),
    ]),
    indexes.map((index) => plannedLimit(plan.throttling.limits[index])),
  )
}

function plannedLimit(limit: LimitPlan | undefined): Json {
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
      window.algorithm === 'gcra' ? window.burst : null,
    ]),
  ]
}
