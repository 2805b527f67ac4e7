/** Tiers and hard limits become counted limits: each is one, however many operations share it. */
import type { ConditionalLimitPlan, NamedTierPlan } from '../../contract/plan/conditional-limit.ts'
import type { LimitPlan, WindowPlan } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SecurityPlan } from '../../contract/plan/security.ts'
import type { ThrottlingPlan } from '../../contract/plan/throttling.ts'
import type { Project } from '../model/model.ts'
import { callerLevelIsOn, isGrouped, tiersFor } from '../model/named-tiers.ts'
import { unlimitedTier } from '../model/tier-bounds.ts'
import type { Api } from '../model/types/api.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Placed } from '../model/types/placed.ts'
import type { Throttle } from '../model/types/throttling.ts'
import type { Tier, TierGroup } from '../model/types/tier.ts'
import type { Location } from '../source/location.ts'
import { planConditions } from './conditions.ts'
import type { OrderedOperation } from './ordered-operations.ts'
import { planTrafficManager } from './traffic-manager.ts'

/** A limit with where it is asked for, and where it is defined. `namedAt`: `null` where callers' credentials name it. */
export type DecidedLimit = { readonly plan: LimitPlan; readonly namedAt: Location | null; readonly definedAt: Location }

/** WSO2's names for what holds where nothing else does. */
const wso2Default = 'Default'
const wso2Unauthenticated = 'Unauthenticated'

export class Limits {
  readonly #project: Project
  readonly #decided: DecidedLimit[] = []
  /** By what asks for them: an API, an operation, a hard limit. */
  readonly #conditionals = new Map<object, readonly ConditionalLimitPlan[]>()
  readonly #indexes = new Map<object, number>()
  readonly #callers: Pick<ThrottlingPlan, 'subscription' | 'application' | 'unauthenticated' | 'custom'>

  constructor(project: Project) {
    this.#project = project
    this.#callers = {
      subscription: this.#named('subscription'),
      application: this.#named('application'),
      unauthenticated: this.#unauthenticated(),
      custom: this.#custom(),
    }
  }

  /** What limits an operation. */
  of(
    { api, operation }: OrderedOperation,
    security: SecurityPlan,
  ): Pick<OperationPlan, 'limits' | 'conditionalLimits' | 'callerLimits' | 'hardLimits' | 'limited'> {
    const limits = [this.#throttle(api, 'api'), this.#throttle(operation, 'operation')].filter((index) => index !== null)
    const conditionalLimits = { api: this.#conditional(api, 'api'), operation: this.#conditional(operation, 'operation') }
    const conditional = conditionalLimits.api.length > 0 || conditionalLimits.operation.length > 0
    const callerLimits = operation.keyManager === null && this.#limitsCallers(security)
    const production = operation.production === null ? null : this.#hardLimit(api.hardLimits.production)
    const sandbox = operation.sandbox === null ? null : this.#hardLimit(api.hardLimits.sandbox)
    const custom = operation.keyManager === null && this.#callers.custom.length > 0
    const limited = limits.length > 0 || conditional || callerLimits || custom || production !== null || sandbox !== null
    return { limits, conditionalLimits, callerLimits, hardLimits: { production, sandbox }, limited }
  }

  /** @param operations all of them, decided by `of`. */
  plan(operations: readonly Pick<OperationPlan, 'callerLimits' | 'limited' | 'conditionalLimits'>[]): ThrottlingPlan {
    const callers = operations.some(({ callerLimits }) => callerLimits)
      ? this.#callers
      : { subscription: null, application: null, unauthenticated: null, custom: this.#callers.custom }
    const limited = operations.some((operation) => operation.limited)
    const limits = limited ? this.decided.map(({ plan }) => plan) : []
    const trafficManager = planTrafficManager(this.#project, limits, operations, callers)
    return {
      limits,
      capacity: limited || trafficManager !== null ? this.#project.limits.maxConsumers : 0,
      store: limited ? planStore(this.#project) : null,
      trafficManager,
      ...callers,
    }
  }

  get decided(): readonly DecidedLimit[] {
    return this.#decided
  }

  #limitsCallers(security: SecurityPlan): boolean {
    const { subscription, application, unauthenticated } = this.#callers
    const anonymous = security.kind === 'public' || (security.kind !== 'certificate' && security.anonymous)
    return (security.kind !== 'public' && (subscription !== null || application !== null)) || (anonymous && unauthenticated !== null)
  }

  #throttle(owner: Api | Operation, level: 'api' | 'operation'): number | null {
    const throttle = owner.throttle
    if (throttle === null || throttle.tier.value === unlimitedTier || this.#project.tierGroups.has(throttle.tier.value)) return null
    return this.#once(owner, () => this.#tierLimit(this.#project.tiers.get(throttle.tier.value), level, throttle))
  }

  /** Each group is a limit with counters of its own. */
  #conditional(owner: Api | Operation, level: 'api' | 'operation'): readonly ConditionalLimitPlan[] {
    const { throttle } = owner
    const groups = throttle === null ? undefined : this.#project.tierGroups.get(throttle.tier.value)
    const tier = throttle === null ? undefined : this.#project.tiers.get(throttle.tier.value)
    if (throttle === null || groups === undefined || tier === undefined) return []
    const known = this.#conditionals.get(owner)
    if (known !== undefined) return known
    const made = this.#groups(tier, groups, { level, by: throttle.by }, throttle.tier.at)
    this.#conditionals.set(owner, made)
    return made
  }

  /** What is without conditions comes last. */
  #groups(
    tier: Tier,
    groups: readonly TierGroup[],
    counted: Pick<LimitPlan, 'level' | 'by'>,
    namedAt: Location | null,
  ): readonly ConditionalLimitPlan[] {
    return [...groups, { conditions: [], windows: tier.windows, at: tier.at }].map(({ conditions, windows, at }) => {
      const plan = { tier: tier.name, ...counted, windows, whenUsedUp: tier.whenUsedUp }
      const limit = windows.length === 0 ? null : this.#decided.push({ plan, namedAt, definedAt: at }) - 1
      return { limit, conditions: planConditions(conditions, this.#project) }
    })
  }

  #hardLimit(limit: Placed<readonly WindowPlan[]> | null): number | null {
    if (limit === null) return null
    const plan = { tier: 'hardLimit', level: 'backend', by: 'api', windows: limit.value, whenUsedUp: 'refuse' } as const
    return this.#once(limit, () => ({ plan, namedAt: limit.at, definedAt: limit.at }))
  }

  #tierLimit(
    tier: Tier | undefined,
    level: LimitPlan['level'],
    { tier: named, by }: Pick<Throttle, 'tier'> & Pick<LimitPlan, 'by'>,
  ): DecidedLimit {
    if (tier === undefined) throw new Error('a tier that cannot be enforced passed the check')
    return {
      plan: { tier: tier.name, level, by, windows: tier.windows, whenUsedUp: tier.whenUsedUp },
      namedAt: named.at,
      definedAt: tier.at,
    }
  }

  /** All that credentials may name; `null` where that level limits nobody. */
  #named(use: 'subscription' | 'application'): ThrottlingPlan[typeof use] {
    const project = this.#project
    if (!callerLevelIsOn(use, project)) return null
    const counted = { level: use, by: 'application' } as const
    const tiers = [...tiersFor(use, project).values()].flatMap((tier): NamedTierPlan[] => {
      const groups = isGrouped(tier, use, project) ? project.tierGroups.get(tier.name) : undefined
      if (groups !== undefined) return [{ name: tier.name, limit: null, groups: this.#groups(tier, groups, counted, null) }]
      if (tier.windows.length === 0) return []
      const plan = { tier: tier.name, ...counted, windows: tier.windows, whenUsedUp: tier.whenUsedUp }
      return [{ name: tier.name, limit: this.#decided.push({ plan, namedAt: null, definedAt: tier.at }) - 1, groups: [] }]
    })
    const wso2 = use === 'subscription' && project.subscriptionTiers.has(wso2Default) ? wso2Default : undefined
    const name = project.throttling[use]?.value ?? wso2
    const index = tiers.findIndex((each) => each.name === name)
    const otherwise = index === -1 ? null : index
    const unlimited: NamedTierPlan = { name: unlimitedTier, limit: null, groups: [] }
    return { tiers: [...tiers, unlimited], otherwise, unknown: otherwise === null ? 'refuse' : 'otherwise' }
  }

  #custom(): ThrottlingPlan['custom'] {
    return this.#project.customLimits.map(({ name, at, conditions, key, windows }) => {
      const plan = { tier: name, level: 'custom', by: 'key', windows, whenUsedUp: 'refuse' } as const
      const limit = this.#decided.push({ plan, namedAt: null, definedAt: at }) - 1
      return { limit, conditions: planConditions(conditions, this.#project), key }
    })
  }

  #unauthenticated(): NamedTierPlan | null {
    const { throttling, subscriptionTiers } = this.#project
    const name = throttling.unauthenticated?.value ?? wso2Unauthenticated
    const tier = throttling.unauthenticated === null ? subscriptionTiers.get(name) : tiersFor('subscription', this.#project).get(name)
    if (tier === undefined) return null
    const named = throttling.unauthenticated ?? { value: name, at: tier.at }
    const groups = isGrouped(tier, 'subscription', this.#project) ? this.#project.tierGroups.get(tier.name) : undefined
    if (groups !== undefined)
      return { name, limit: null, groups: this.#groups(tier, groups, { level: 'subscription', by: 'address' }, named.at) }
    return { name, limit: this.#decided.push(this.#tierLimit(tier, 'subscription', { tier: named, by: 'address' })) - 1, groups: [] }
  }

  #once(owner: object, decide: () => DecidedLimit): number {
    const known = this.#indexes.get(owner)
    if (known !== undefined) return known
    const index = this.#decided.push(decide()) - 1
    this.#indexes.set(owner, index)
    return index
  }
}

function planStore({ throttling: { store, replicas } }: Project): ThrottlingPlan['store'] {
  if (store === null) return null
  const { authorities, at: _at, ...said } = store
  return { ...said, replicas, authorities: authorities.map(({ pem }) => pem) }
}
