/** Throttling tiers become counted limits: one for each API that has a tier, and one for each operation that has its own. */
import type { LimitPlan } from '../../contract/plan.ts'
import type { Api, Operation, Throttle, Tier } from '../model/model.ts'
import { unlimitedTier } from '../model/tier-bounds.ts'
import type { OrderedOperation } from './ordered-operations.ts'

/** A limit with what it comes from. */
export type DecidedLimit = { readonly plan: LimitPlan; readonly throttle: Throttle; readonly tier: Tier }

export class Limits {
  readonly #tiers: ReadonlyMap<string, Tier>
  readonly #decided: DecidedLimit[] = []
  /** An API's limit counts all its operations together, so it is one limit however many operations share it. */
  readonly #indexes = new Map<Api | Operation, number>()

  constructor(tiers: ReadonlyMap<string, Tier>) {
    this.#tiers = tiers
  }

  /** Indexes of the limits of an operation: its API's, then its own. */
  of({ api, operation }: OrderedOperation): readonly number[] {
    const indexes = [this.#indexOf(api, 'api'), this.#indexOf(operation, 'operation')]
    return indexes.filter((index) => index !== null)
  }

  get decided(): readonly DecidedLimit[] {
    return this.#decided
  }

  #indexOf(owner: Api | Operation, level: LimitPlan['level']): number | null {
    const throttle = owner.throttle
    if (throttle === null || throttle.tier.value === unlimitedTier) return null
    const known = this.#indexes.get(owner)
    if (known !== undefined) return known
    const tier = this.#tiers.get(throttle.tier.value)
    if (tier === undefined || tier.kind !== 'requests') throw new Error('a tier that cannot be enforced passed the check')
    const windows = tier.windows.map(({ amount, window, algorithm }) => ({ requests: amount, window, algorithm }))
    const index = this.#decided.push({ plan: { tier: tier.name, level, by: throttle.by, windows }, throttle, tier }) - 1
    this.#indexes.set(owner, index)
    return index
  }
}
