/** A tier whose limits depend on the request: the first of its groups whose conditions hold counts it, and the others do not. */
import type { ConditionalLimitPlan } from '../../contract/plan/conditional-limit.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type Condition, conditions } from '../conditions/conditions.ts'
import type { Exchange } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Counter } from './counter.ts'

type Group = { readonly holds: Condition; readonly counters: readonly Counter[] }

export class ConditionalLimit {
  readonly #groups: readonly Group[]

  /** `counters`: of each of the plan's limits. */
  constructor(
    groups: readonly ConditionalLimitPlan[],
    counters: readonly (readonly Counter[])[],
    gateway: GatewayPlan,
    fields: RequestFields,
  ) {
    this.#groups = groups.map(({ limit, conditions: asked }) => ({
      holds: conditions(asked, gateway, fields),
      counters: limit === null ? [] : counters[limit]!,
    }))
  }

  get size(): number {
    return this.#groups.length
  }

  /** The group that counts a request; `size` for none. */
  choose(exchange: Exchange): number {
    for (const [index, { holds }] of this.#groups.entries()) if (holds(exchange)) return index
    return this.#groups.length
  }

  countersOf(group: number): readonly Counter[] {
    return this.#groups[group]?.counters ?? []
  }
}
