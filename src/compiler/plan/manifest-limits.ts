/** What is counted, for people: each limit with how much, how exact, and where it is written. */
import { counterMemory } from '../../contract/counter-memory.ts'
import type { ManifestLimit, ManifestNamedLimits } from '../../contract/manifest/limit.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { ManifestSharedStore } from '../../contract/manifest/shared-store.ts'
import type { ManifestThrottling } from '../../contract/manifest/throttling.ts'
import type { ManifestTrafficManager } from '../../contract/manifest/traffic-manager.ts'
import type { ConditionalLimitPlan, NamedLimitsPlan, NamedTierPlan } from '../../contract/plan/conditional-limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SharedStorePlan } from '../../contract/plan/shared-store.ts'
import type { ThrottlingPlan } from '../../contract/plan/throttling.ts'
import type { TrafficManagerPlan } from '../../contract/plan/traffic-manager.ts'
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import type { Authority } from '../model/types/authority.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Service } from '../model/types/service.ts'
import type { TrafficManager } from '../model/types/throttling.ts'
import { exactnessOf } from './exactness.ts'
import type { Decisions } from './make-plan.ts'
import { manifestTls } from './manifest-backends.ts'
import { manifestAuthorities } from './manifest-certificates.ts'
import type { OrderedOperation } from './ordered-operations.ts'
import { optionalReference, reference } from './source-reference.ts'
import { writtenCondition } from './written-condition.ts'
import { writtenSettings } from './written-settings.ts'

/** Of API, operation and backends. */
export function manifestLimits(
  { limits, conditionalLimits, hardLimits }: OperationPlan,
  { api, operation }: Pick<OrderedOperation, 'api' | 'operation'>,
  decisions: Decisions,
  project: Project,
): readonly ManifestLimit[] {
  const grouped = (
    { throttle }: Api | Operation,
    level: 'api' | 'operation',
    plans: readonly ConditionalLimitPlan[],
  ): readonly ManifestLimit[] => {
    if (throttle === null) return []
    const counted = { level, by: throttle.by, namedAt: reference(throttle.tier.at) }
    return groupedLimits(plans, throttle.tier.value, counted, decisions, project)
  }
  return [
    ...grouped(api, 'api', conditionalLimits.api),
    ...grouped(operation, 'operation', conditionalLimits.operation),
    ...limits.map((index) => manifestLimit(index, decisions)),
    ...(['production', 'sandbox'] as const).flatMap((backend) => {
      const index = hardLimits[backend]
      return index === null ? [] : [{ ...manifestLimit(index, decisions), backend }]
    }),
  ]
}

/** `tier`: the name of the one whose groups `plans` are. Those without windows stand there too: where one is first, nothing limits. */
function groupedLimits(
  plans: readonly ConditionalLimitPlan[],
  tier: string,
  counted: Pick<ManifestLimit, 'level' | 'by' | 'namedAt'>,
  decisions: Decisions,
  project: Project,
): readonly ManifestLimit[] {
  const groups = project.tierGroups.get(tier) ?? []
  return plans.map(({ limit }, index) => {
    const group = groups[index]
    const conditions = group?.conditions.map(writtenCondition) ?? ['otherwise']
    if (limit !== null) return { ...manifestLimit(limit, decisions), conditions }
    const { whenUsedUp, at } = project.tiers.get(tier)!
    return { tier, ...counted, backend: null, conditions, windows: [], whenUsedUp, definedAt: reference(group?.at ?? at) }
  })
}

export function manifestConcurrency({ concurrency }: Api): ManifestOperation['concurrency'] {
  if (concurrency === null) return null
  const { wait, ...bounds } = concurrency.value
  return { ...bounds, waitMilliseconds: wait, at: reference(concurrency.at) }
}

export function manifestThrottling(decisions: Decisions, project: Project): ManifestThrottling | null {
  const {
    customLimits,
    throttling: { store: stored, trafficManager: manager },
  } = project
  const { throttling, operations } = decisions.plan
  const { store, trafficManager, capacity, subscription, application, unauthenticated, custom } = throttling
  if (trafficManager === null && operations.every(({ limited }) => !limited)) return null
  return {
    store:
      trafficManager === null || manager === null ? storeOf(store, stored?.authorities ?? []) : manifestManager(trafficManager, manager),
    replicas: decisions.replicas,
    capacity,
    ...memoryOf(throttling),
    subscription: namedLimits(subscription, 'subscription', decisions, project),
    application: namedLimits(application, 'application', decisions, project),
    unauthenticated: unauthenticated === null ? [] : namedLimit(unauthenticated, 'subscription', 'address', decisions, project),
    custom: custom.map(({ limit, key }, index) => ({
      limit: manifestLimit(limit, decisions),
      key: key.map((selector) => ('name' in selector ? `${selector.kind}:${selector.name}` : selector.kind)),
      conditions: customLimits[index]!.conditions.map(writtenCondition),
    })),
  }
}

function storeOf(store: SharedStorePlan | null, authorities: readonly Authority[]): 'local' | ManifestSharedStore {
  return store === null ? 'local' : manifestStore(store, authorities)
}

function manifestManager({ replicas }: TrafficManagerPlan, written: TrafficManager): ManifestTrafficManager {
  const { events, data, login, decisions, tenant, whenAway } = written
  const { url, exchange, topic, authorities } = decisions
  return {
    kind: 'trafficManager',
    events: manifestService(events),
    data: manifestService(data),
    login: manifestLogin(login),
    decisions: {
      url: writtenSettings(url),
      login: manifestLogin(decisions.login),
      authorities: manifestAuthorities(authorities),
      exchange,
      topic,
    },
    tenant,
    whenAway,
    replicas,
  }
}

function manifestService({ url, plainHttp, tls }: Service): ManifestTrafficManager['events'] {
  return { url: writtenSettings(url), plainHttp, tls: tls === null ? null : manifestTls(tls) }
}

function manifestLogin(login: TrafficManager['login']): ManifestTrafficManager['login'] {
  return login === null ? null : { username: writtenSettings(login.username), password: writtenSettings(login.password) }
}

function manifestStore(
  { urls, topology, plainTcp, secret, mode, whenAway, replicas, timeout }: SharedStorePlan,
  authorities: readonly Authority[],
): ManifestSharedStore {
  return {
    kind: 'redis',
    urls: urls.map(writtenSettings),
    topology: topology.kind,
    master: topology.kind === 'sentinel' ? topology.name : null,
    plainTcp,
    authorities: manifestAuthorities(authorities),
    secret: secret === null ? null : writtenSettings(secret),
    mode,
    whenAway,
    replicas,
    timeoutMilliseconds: timeout,
  }
}

/** With a Redis there is a second table, for while it is away. */
function memoryOf({ store, capacity }: ThrottlingPlan): Pick<ManifestThrottling, 'memoryBytes' | 'rings'> {
  const { bytes, regions, ringsInRegion } = counterMemory(capacity)
  return { memoryBytes: store === null ? bytes : 2 * bytes, rings: regions * ringsInRegion }
}

function namedLimits(
  plan: NamedLimitsPlan | null,
  use: 'subscription' | 'application',
  decisions: Decisions,
  project: Project,
): ManifestNamedLimits | null {
  if (plan === null) return null
  const { tiers, otherwise, unknown } = plan
  return {
    tiers: tiers.flatMap((tier) => namedLimit(tier, use, 'application', decisions, project)),
    unlimited: tiers.flatMap(({ name, limit, groups }) => (limit === null && groups.length === 0 ? [name] : [])),
    otherwise: otherwise === null ? null : tiers[otherwise]!.name,
    unknown,
  }
}

/** Its groups, where it has some. */
function namedLimit(
  { name, limit, groups }: NamedTierPlan,
  level: 'subscription' | 'application',
  by: 'application' | 'address',
  decisions: Decisions,
  project: Project,
): readonly ManifestLimit[] {
  if (limit !== null) return [manifestLimit(limit, decisions)]
  const named = by === 'address' ? project.throttling.unauthenticated : null
  return groupedLimits(groups, name, { level, by, namedAt: named === null ? null : reference(named.at) }, decisions, project)
}

function manifestLimit(index: number, { limits, replicas, plan: { throttling } }: Decisions): ManifestLimit {
  const { plan, namedAt, definedAt } = limits[index]!
  return {
    tier: plan.tier,
    level: plan.level,
    by: plan.by,
    backend: null,
    conditions: [],
    windows: plan.windows.map((window) => ({
      unit: window.unit,
      amount: window.amount,
      algorithm: window.algorithm,
      windowSeconds: window.algorithm === 'calendar' ? null : window.window / 1000,
      calendar: window.algorithm === 'calendar' ? { period: window.period, timeZone: window.timeZone } : null,
      burst: window.algorithm === 'gcra' ? window.burst : null,
      exactness: exactnessOf(window, index, { ...throttling, replicas }),
    })),
    whenUsedUp: plan.whenUsedUp,
    namedAt: optionalReference(namedAt),
    definedAt: reference(definedAt),
  }
}
