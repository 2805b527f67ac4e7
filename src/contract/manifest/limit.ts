/** Limits, with the places where they are written. */
import type { CalendarPeriod, LimitAlgorithm, LimitLevel, LimitUnit, WhenUsedUp } from '../plan/limit.ts'
import type { SourceReference } from './source-reference.ts'

export type ManifestLimit = {
  readonly tier: string
  readonly level: LimitLevel
  readonly by: string
  /** Of a hard limit, which backend it spares; else `null`. */
  readonly backend: 'production' | 'sandbox' | null
  /** Of a tier with groups: the first of them holds where all of this is so. */
  readonly conditions: readonly string[]
  /** All of them hold. Empty: where this group is the first, nothing limits. */
  readonly windows: readonly {
    readonly unit: LimitUnit
    readonly amount: number
    readonly algorithm: LimitAlgorithm
    /** null: the calendar says how long it is. */
    readonly windowSeconds: number | null
    readonly calendar: { readonly period: CalendarPeriod; readonly timeZone: string } | null
    /** null where the algorithm knows none. */
    readonly burst: number | null
    readonly exactness: string
  }[]
  readonly whenUsedUp: WhenUsedUp
  /** `null`: callers' credentials name it. */
  readonly namedAt: SourceReference | null
  readonly definedAt: SourceReference
}

/** Tiers that credentials name. */
export type ManifestNamedLimits = {
  readonly tiers: readonly ManifestLimit[]
  /** Names that limit nothing. */
  readonly unlimited: readonly string[]
  /** What holds for callers of whom nothing says a tier; `null`: no limit. */
  readonly otherwise: string | null
  /** What becomes of callers with a tier that is not among them. */
  readonly unknown: 'otherwise' | 'refuse'
}
