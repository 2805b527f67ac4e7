/** What each limit of a plan is called among all gateways of a fleet, also while one version of a gateway follows another. */
import type { WindowPlan } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'

/** By limit: the same text in every plan in which the limit counts the same requests. How much it allows is not part of it. */
export function limitNames(plan: GatewayPlan): readonly string[] {
  return plan.throttling.limits.map((limit, index) => JSON.stringify([limit.level, limit.by, limit.tier, ownerOf(plan, index)]))
}

/** What it counts, and in which time. */
export function windowName(plan: WindowPlan): string {
  const { algorithm, unit } = plan
  return JSON.stringify(algorithm === 'calendar' ? [algorithm, unit, plan.period, plan.timeZone] : [algorithm, unit, plan.window])
}

/** The operation, API or key to which a limit belongs; empty where it holds over all of them. */
function ownerOf({ operations, apis, throttling }: GatewayPlan, index: number): string {
  const { level } = throttling.limits[index]!
  if (level === 'custom') {
    const plans = throttling.custom.filter(({ limit }) => limit === index)
    return JSON.stringify(plans.map(({ conditions, key }) => [conditions, key]))
  }
  if (level === 'subscription' || level === 'application') {
    const { subscription, application, unauthenticated } = throttling
    const tiers = (level === 'subscription' ? subscription : application)?.tiers ?? []
    const all = level === 'subscription' && unauthenticated !== null ? [...tiers, unauthenticated] : tiers
    const group = all.flatMap(({ groups }) => groups).find(({ limit }) => limit === index)
    return group === undefined ? '' : JSON.stringify(group.conditions)
  }
  const owner = operations.find((operation) => groupOf(operation, index) !== null || isHardLimit(operation, index))
  if (owner === undefined) return ''
  const group = groupOf(owner, index) ?? ''
  if (level === 'operation') return `${owner.id} ${group}`
  const { name, version } = apis[owner.api]!
  return `${name} ${version} ${level === 'backend' ? (owner.hardLimits.production === index ? 'production' : 'sandbox') : group}`
}

/** Which group of a tier it is, where a tier depends on the request; `null`: none of API and operation. */
function groupOf({ limits, conditionalLimits: { api, operation } }: OperationPlan, index: number): string | null {
  if (limits.includes(index)) return ''
  const group = [...api, ...operation].find(({ limit }) => limit === index)
  return group === undefined ? null : JSON.stringify(group.conditions)
}

function isHardLimit({ hardLimits }: OperationPlan, index: number): boolean {
  return hardLimits.production === index || hardLimits.sandbox === index
}
