/** What of a project's limits a Traffic Manager counts, and how the gateway reaches it. */
import type { ConditionalLimitPlan } from '../../contract/plan/conditional-limit.ts'
import type { LimitPlan } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { ServicePlan } from '../../contract/plan/service.ts'
import type { ThrottlingPlan } from '../../contract/plan/throttling.ts'
import type { TrafficManagerPlan } from '../../contract/plan/traffic-manager.ts'
import { planTls } from '../model/backend-tls.ts'
import type { Project } from '../model/model.ts'
import type { Service } from '../model/types/service.ts'

export function planTrafficManager(
  { throttling: { trafficManager, replicas } }: Project,
  limits: readonly LimitPlan[],
  operations: readonly Pick<OperationPlan, 'conditionalLimits'>[],
  callers: Pick<ThrottlingPlan, 'subscription' | 'application' | 'unauthenticated'>,
): TrafficManagerPlan | null {
  if (trafficManager === null) return null
  const { events, data, decisions, ...rest } = trafficManager
  const { authorities, at: _at, ...topic } = decisions
  return {
    ...rest,
    events: planService(events),
    data: planService(data),
    decisions: { ...topic, authorities: authorities.map(({ pem }) => pem) },
    replicas,
    limits: managedLimits(limits, [
      ...operations.flatMap(({ conditionalLimits: { api, operation } }) => [...api, ...operation]),
      ...groupsOf(callers),
    ]),
  }
}

/** Those that it can count: by requests, of levels that it knows, and for everybody alike. The rest each gateway counts for itself. */
function managedLimits(limits: readonly LimitPlan[], groups: readonly ConditionalLimitPlan[]): readonly number[] {
  const grouped = new Set(groups.map(({ limit }) => limit))
  const isManaged = ({ level, windows }: LimitPlan): boolean =>
    level !== 'backend' && level !== 'custom' && windows.every(({ unit }) => unit === 'requests')
  return limits.flatMap((limit, index) => (isManaged(limit) && !grouped.has(index) ? [index] : []))
}

function groupsOf({
  subscription,
  application,
  unauthenticated,
}: Pick<ThrottlingPlan, 'subscription' | 'application' | 'unauthenticated'>): readonly ConditionalLimitPlan[] {
  const tiers = [...(subscription?.tiers ?? []), ...(application?.tiers ?? []), ...(unauthenticated === null ? [] : [unauthenticated])]
  return tiers.flatMap(({ groups }) => groups)
}

function planService({ url, plainHttp, tls }: Service): ServicePlan {
  return { url, plainHttp, tls: planTls(tls) }
}
