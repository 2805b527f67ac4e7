/**
 * Which limits hold for a caller, by the tiers that its subscription, token or API key names. That is decided once for each credential, and
 * remembered as long as the credential is.
 */
import type { NamedLimitsPlan, NamedTierPlan } from '../../contract/plan/conditional-limit.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { claimedApplicationTier, claimedSubscriptionTier } from '../claimed-tiers.ts'
import { Consumer } from '../consumer.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Subscription } from '../subscription.ts'
import { ConditionalLimit } from './conditional-limit.ts'
import type { Counter } from './counter.ts'
import type { KeyHash } from './key-hash.ts'

/** A limit, and whom it counts: the words that the counters' own are mixed with. `groups`: `null` where `counters` do not depend on the request. */
export type OwnedLimit = {
  readonly counters: readonly Counter[]
  readonly groups: ConditionalLimit | null
  readonly low: number
  readonly high: number
  /** Index in the plan, `null` where it depends on the request; and by whom it counts. */
  readonly limit: number | null
  readonly owner: Consumer
}

export type CallerLimits = {
  /** `null`: that level limits this caller not at all. */
  readonly subscription: OwnedLimit | null
  readonly application: OwnedLimit | null
  /** The caller names a tier that nobody knows. */
  readonly refusal: Refusal | null
  /** The same number for the same limits. */
  readonly number: number
}

/** What was decided, and for what. */
type Decided = Pick<Exchange, 'subscription' | 'apiKey' | 'consumer'> & { readonly limits: CallerLimits }

type NamedTiers = Readonly<Record<'subscription' | 'application' | 'claimed', string | undefined>>

/** What counts for those who have a tier; `number`: a different one for each tier of a level, and not 0. */
type NamedLimit = Pick<OwnedLimit, 'counters' | 'groups' | 'limit'> & { readonly number: number }

type NamedLimits = {
  readonly byName: ReadonlyMap<string, NamedLimit>
  readonly otherwise: NamedLimit | null
  readonly plan: NamedLimitsPlan
}

const tierUnknown: Refusal = { kind: 'tier-unknown', fields: '', reason: 'tier-unknown' }

export class CallerTiers {
  readonly #plan: GatewayPlan
  readonly #keys: KeyHash
  readonly #subscription: NamedLimits | null
  readonly #application: NamedLimits | null
  readonly #unauthenticated: NamedLimit | null
  /** Ids of the applications that the project knows, and whose keys are whose. */
  readonly #known: ReadonlySet<string>
  readonly #applications: ReadonlyMap<string, string>
  /** By API, and by what shows who is calling. */
  readonly #decided: readonly WeakMap<object, Decided>[]

  /** `counters`: of each of the plan's limits. */
  constructor(plan: GatewayPlan, counters: readonly (readonly Counter[])[], keys: KeyHash, fields: RequestFields) {
    const named = (limits: NamedLimitsPlan | null): NamedLimits | null => namedLimits(limits, plan, counters, fields)
    const { subscription, application, unauthenticated } = plan.throttling
    this.#plan = plan
    this.#keys = keys
    this.#subscription = named(subscription)
    this.#application = named(application)
    this.#unauthenticated =
      unauthenticated === null ? null : namedLimit(unauthenticated, (subscription?.tiers.length ?? 0) + 1, plan, counters, fields)
    this.#known = new Set(plan.applications.map(({ id }) => id))
    this.#applications = new Map(plan.applications.flatMap(({ id, keys }) => keys.map(({ holder }) => [holder, id] as const)))
    this.#decided = plan.apis.map(() => new WeakMap())
  }

  /** `api`: its index in the plan. */
  of(exchange: Exchange, api: number): CallerLimits {
    const { token, apiKey, user, consumer, subscription } = exchange
    const shown = token ?? apiKey ?? user ?? consumer
    const ofApi = this.#decided[api]!
    const known = ofApi.get(shown)
    if (known !== undefined && known.subscription === subscription && known.apiKey === apiKey && known.consumer === consumer)
      return known.limits
    const limits = this.#decide(exchange, api)
    ofApi.set(shown, { subscription, apiKey, consumer, limits })
    return limits
  }

  #decide(exchange: Exchange, api: number): CallerLimits {
    const { token, apiKey, user, certificate, caller } = exchange
    if (token === null && apiKey === null && user === null && certificate === null) {
      return this.#limits(this.#unauthenticated, null, caller, caller, api)
    }
    const named = this.#names(exchange, api)
    const subscription = limitOf(this.#subscription, named.subscription)
    const application = limitOf(this.#application, named.application)
    if (subscription === undefined || application === undefined)
      return { subscription: null, application: null, refusal: tierUnknown, number: 0 }
    const owner = this.#owner(exchange)
    // The tier of an API key is its holder's, whatever tokens come with the key.
    const ofKey = apiKey !== null && apiKey.tier !== null && named.claimed === undefined
    return this.#limits(subscription, application, owner, ofKey ? this.#holderOf(apiKey.consumer) : owner, api)
  }

  /**
   * What the project or an extension says of the application comes before what the token claims. `claimed`: the application's tier, but for
   * what the project says of an API key alone.
   */
  #names({ subscription, token, apiKey }: Exchange, api: number): NamedTiers {
    const claims = (token ?? apiKey)?.claims ?? null
    const own = apiKey?.tier ?? undefined
    const claimed =
      subscription === null ? (claims === null ? undefined : claimedApplicationTier(claims)) : (subscription.application.tier ?? undefined)
    const application = claimed ?? own
    if (subscription !== null) return { subscription: subscription.tier ?? undefined, application, claimed }
    return { subscription: claims === null ? undefined : claimedSubscriptionTier(claims, this.#plan.apis[api]!), application, claimed }
  }

  /** All keys of an application count together; two issuers may give the same id to different ones. */
  #owner({ subscription, token, consumer }: Exchange): Consumer {
    return subscription === null
      ? this.#holderOf(consumer)
      : new Consumer(`subscriber:${this.#issuerOf(subscription, token)}:${subscription.application.id}`)
  }

  /** The application whose key it is, as far as the project knows it, whether a subscription was asked for or not. */
  #holderOf(consumer: Consumer): Consumer {
    const id = this.#applications.get(consumer.key)
    return id === undefined ? consumer : new Consumer(`subscriber::${id}`)
  }

  #issuerOf({ application }: Subscription, token: Exchange['token']): string {
    return token === null || this.#known.has(application.id) ? '' : String(token.issuer)
  }

  /** `owner`, `holder`: whom the subscription's limit counts, and whom the application's. */
  #limits(subscription: NamedLimit | null, application: NamedLimit | null, owner: Consumer, holder: Consumer, api: number): CallerLimits {
    for (const each of [owner, holder]) if (!each.hashed) this.#keys.fill(each)
    const { hashLow: low, hashHigh: high } = owner
    const ofApi = this.#keys.apiSalt(`${this.#plan.apis[api]!.name} ${this.#plan.apis[api]!.version}`)
    return {
      subscription: subscription === null ? null : { ...subscription, low: low ^ ofApi.low, high: high ^ ofApi.high, owner },
      application: application === null ? null : { ...application, low: holder.hashLow, high: holder.hashHigh, owner: holder },
      refusal: null,
      number: (subscription?.number ?? 0) * ((this.#plan.throttling.application?.tiers.length ?? 0) + 1) + (application?.number ?? 0),
    }
  }
}

function namedLimits(
  plan: NamedLimitsPlan | null,
  gateway: GatewayPlan,
  counters: readonly (readonly Counter[])[],
  fields: RequestFields,
): NamedLimits | null {
  if (plan === null) return null
  const tiers = plan.tiers.map((tier, index) => namedLimit(tier, index + 1, gateway, counters, fields))
  const byName = new Map(plan.tiers.map(({ name }, index) => [name, tiers[index]!]))
  return { byName, otherwise: plan.otherwise === null ? null : tiers[plan.otherwise]!, plan }
}

function namedLimit(
  { limit, groups }: NamedTierPlan,
  number: number,
  gateway: GatewayPlan,
  counters: readonly (readonly Counter[])[],
  fields: RequestFields,
): NamedLimit {
  return {
    counters: limit === null ? [] : counters[limit]!,
    limit,
    groups: groups.length === 0 ? null : new ConditionalLimit(groups, counters, gateway, fields),
    number,
  }
}

/** `null`: no limit; `undefined`: the name is not known, and there is nothing to hold instead. */
function limitOf(limits: NamedLimits | null, name: string | undefined): NamedLimit | null | undefined {
  if (limits === null) return null
  const { byName, otherwise, plan } = limits
  if (name === undefined) return otherwise
  const limit = byName.get(name)
  return limit === undefined && plan.unknown === 'otherwise' ? otherwise : limit
}
