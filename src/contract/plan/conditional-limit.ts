/** Limits that depend on the request or the caller. */
import type { ConditionPlan } from './condition.ts'

/** `limit`: its index; `null` for a name that limits nothing, and where `groups` say what holds, which are empty otherwise. */
export type NamedTierPlan = { readonly name: string; readonly limit: number | null; readonly groups: readonly ConditionalLimitPlan[] }

/** Limits of which a caller's credential says by name which one holds. */
export type NamedLimitsPlan = {
  readonly tiers: readonly NamedTierPlan[]
  /** Index of the tier that holds for callers of whom nothing says one; `null`: no limit. */
  readonly otherwise: number | null
  /** What becomes of a caller whose credential says a name that is not among `tiers`. */
  readonly unknown: 'otherwise' | 'refuse'
}

/** A part of a key. The name of a field is in lower case; that of a claim may be dotted. */
export type KeySelectorPlan =
  | { readonly kind: 'consumer' | 'user' | 'application' | 'api' | 'operation' | 'address' }
  | { readonly kind: 'header' | 'query' | 'claim'; readonly name: string }

/** A limit that counts by a key of its own, where all conditions hold. */
export type CustomLimitPlan = {
  /** Index of the limit. */
  readonly limit: number
  readonly conditions: readonly ConditionPlan[]
  /** Empty: all requests together. */
  readonly key: readonly KeySelectorPlan[]
}

/** One group of a tier that depends on the request. `limit`: its index; `null` for no limit. */
export type ConditionalLimitPlan = { readonly limit: number | null; readonly conditions: readonly ConditionPlan[] }
