/**
 * Under which keys a Traffic Manager counts a request, and which of them may be throttled. The keys are the gateway's own choice: the manager
 * counts by whatever an event names, and decides by the same name. They are made once for each caller of an operation.
 */
import crypto from 'node:crypto'
import type { LimitLevel, WhenUsedUp } from '../../contract/plan/limit.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Throttling } from '../capabilities/throttle.ts'
import { applicationIds, userNames } from '../conditions/caller-names.ts'
import { type CallerShown, shownBy, showsTheSame } from '../conditions/caller-shown.ts'
import type { Consumer } from '../consumer.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { addressBits } from '../feeds/networks.ts'
import { unknownAddress } from '../listener/client-address.ts'
import type { CallerLimits, OwnedLimit } from '../throttle/caller-limits.ts'
import type { Board } from './board.ts'
import type { Decisions } from './decisions.ts'
import type { RequestEvent } from './event-queue.ts'
import { asksForAddress, contextOf, evaluated } from './key-template.ts'
import { everybody, partKey } from './part-keys.ts'
import type { Standing } from './standing.ts'

/** A key that may be throttled, and what its requests are told then. */
export type Lookup = { readonly words: Int32Array; readonly level: LimitLevel; readonly tier: string; readonly whenUsedUp: WhenUsedUp }

export type CallerKeys = {
  readonly lookups: readonly Lookup[]
  /** One of its keys is blocked. */
  readonly blocked: boolean
  readonly event: Omit<RequestEvent, 'messageID'>
  /** As of which epoch none of them was throttled; -1 where one was. */
  epoch: number
}

export type KeyParts = {
  readonly plan: GatewayPlan
  readonly tenant: string
  /** Indexes of the limits that the manager counts. */
  readonly managed: ReadonlySet<number>
  readonly callerLimits: Throttling['callerLimits']
  readonly board: Board
  readonly decisions: Decisions
}

/** All that the keys of a caller are made of. */
type Known = CallerShown & {
  readonly limits: CallerLimits | null
  /** Of what stood then. */
  readonly standing: number
  readonly keys: CallerKeys
}

const unlimited = 'Unlimited'

/** Characters of what stands for a caller in a key. */
const longestName = 256

export class OperationKeys {
  readonly #parts: KeyParts
  readonly #plan: OperationPlan
  readonly #context: string
  readonly #known: WeakMap<object, Known> = new WeakMap()
  readonly #applications: ReturnType<typeof applicationIds>
  readonly #users: ReturnType<typeof userNames>

  constructor(parts: KeyParts, plan: OperationPlan) {
    this.#parts = parts
    this.#plan = plan
    this.#context = contextOf(parts.plan.apis[plan.api]!)
    this.#applications = applicationIds(parts.plan)
    this.#users = userNames(parts.plan)
  }

  /** A refusal where the caller names a tier that nobody knows. */
  of(exchange: Exchange): CallerKeys | Refusal {
    const limits = this.#plan.callerLimits ? this.#parts.callerLimits(exchange, this.#plan.api) : null
    if (limits !== null && limits.refusal !== null) return limits.refusal
    const { standing } = this.#parts.board
    const known = this.#known.get(exchange.consumer)
    if (known !== undefined && known.limits === limits && known.standing === standing.version && showsTheSame(known, exchange))
      return known.keys
    const keys = this.#make(exchange, limits, standing)
    this.#known.set(exchange.consumer, { ...shownBy(exchange), limits, standing: standing.version, keys })
    return keys
  }

  #make(exchange: Exchange, limits: CallerLimits | null, standing: Standing): CallerKeys {
    const { plan, tenant, decisions } = this.#parts
    const { version, name, basePath } = plan.apis[this.#plan.api]!
    const context = this.#context
    const user = shortName(this.#users(exchange)[0] ?? 'anonymous')
    const appId = shortName(this.#applications(exchange)[0] ?? exchange.address)
    const api = this.#own('api', `${context}:${version}`, exchange)
    const resource = this.#own('operation', `${context}${this.#plan.template.slice(basePath.length)}:${this.#plan.method}`, exchange)
    const subscription = this.#ofCaller(limits?.subscription ?? null, `:${context}:${version}`, exchange)
    const application = this.#ofCaller(limits?.application ?? null, '', exchange)
    const event = {
      appKey: application.key,
      appTier: application.tier,
      apiKey: api.key,
      apiTier: api.tier,
      subscriptionKey: subscription.key,
      subscriptionTier: subscription.tier,
      resourceKey: resource.key,
      resourceTier: resource.tier,
      userId: user,
      apiContext: context,
      apiVersion: version,
      appTenant: tenant,
      apiTenant: tenant,
      appId,
      apiName: name,
      properties: JSON.stringify(addressProperties(exchange.address)),
    }
    const lists = standing.listsFor(exchange.address)
    const lookups: Lookup[] = []
    const look = (key: string, level: LimitLevel, tier: string, whenUsedUp: WhenUsedUp): void => {
      lookups.push({ words: decisions.hash(key), level, tier, whenUsedUp })
    }
    for (const each of [api, resource, subscription, application]) {
      if (each.tier === unlimited) continue
      look(each.key, each.level, each.tier, each.whenUsedUp)
      if (each.level !== 'api' && each.level !== 'operation') continue
      for (const key of [`${each.key}_default`, partKey(everybody, each.key), ...lists.map(({ id }) => partKey(id, each.key))])
        look(key, each.level, each.tier, each.whenUsedUp)
    }
    const custom = standing.templates.flatMap((template) => evaluated(template, event, exchange.address) ?? [])
    for (const key of custom) look(key, 'custom', 'custom', 'refuse')
    const isDoubtful = exchange.address === unknownAddress && standing.blocksSome('custom') && standing.templates.some(asksForAddress)
    return { lookups, blocked: isDoubtful || standing.blocks('custom', custom), event, epoch: -1 }
  }

  #own(level: 'api' | 'operation', base: string, exchange: Exchange): Level {
    const { plan, managed } = this.#parts
    const index = this.#plan.limits.find((limit) => managed.has(limit) && plan.throttling.limits[limit]!.level === level)
    if (index === undefined) return { level, key: base, tier: unlimited, whenUsedUp: 'refuse' }
    const { by, tier, whenUsedUp } = plan.throttling.limits[index]!
    if (by === 'api') return { level, key: base, tier, whenUsedUp }
    return { level, key: `${base}_${plainName(by === 'address' ? exchange.caller : exchange.consumer)}`, tier, whenUsedUp }
  }

  #ofCaller(owned: OwnedLimit | null, behind: string, exchange: Exchange): Level {
    const { plan, managed } = this.#parts
    const level = behind === '' ? 'application' : 'subscription'
    const key = shortName((owned?.owner ?? exchange.consumer).key) + behind
    if (owned === null || owned.limit === null || !managed.has(owned.limit)) return { level, key, tier: unlimited, whenUsedUp: 'refuse' }
    const { tier, whenUsedUp } = plan.throttling.limits[owned.limit]!
    return { level, key, tier, whenUsedUp }
  }
}

type Level = { readonly level: LimitLevel; readonly key: string; readonly tier: string; readonly whenUsedUp: WhenUsedUp }

/** Nothing in it looks like what the manager's policies put behind a key. */
function plainName({ key }: Consumer): string {
  return shortName(key).replaceAll(/[%_]/g, (character) => (character === '_' ? '%5F' : '%25'))
}

/** Issuers may let callers choose how long their names are; what a decision about a key says of it is bounded. */
function shortName(name: string): string {
  return name.length <= longestName ? name : `sha256:${crypto.hash('sha256', name, 'hex')}`
}

/** As numbers, which is how the manager's policies compare them. */
function addressProperties(address: string): Readonly<Record<string, number | string>> {
  const bits = addressBits(address)
  if (bits === undefined) return {}
  return bits.length === 32 ? { ip: Number.parseInt(bits, 2) } : { ipv6: BigInt(`0b${bits}`).toString() }
}
