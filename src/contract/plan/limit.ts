/** A limit: how much of what, in which windows. */

/** What a limit counts: `bytes` are those of request and response bodies. */
export type LimitUnit = 'requests' | 'bytes'

/**
 * At most `amount` in a window. `window` is milliseconds.
 * - `sliding`: in any window of that length, wherever it begins.
 * - `fixed`: in each window of that length, aligned to the epoch.
 * - `gcra`: evenly, `amount` for each `window`, and at the most `burst` at once.
 * - `calendar`: in each day, month or year of a time zone (IANA name).
 */
export type WindowPlan =
  | { readonly algorithm: 'sliding' | 'fixed'; readonly unit: LimitUnit; readonly amount: number; readonly window: number }
  | {
      readonly algorithm: 'gcra'
      readonly unit: LimitUnit
      readonly amount: number
      readonly window: number
      readonly burst: number
    }
  | {
      readonly algorithm: 'calendar'
      readonly unit: LimitUnit
      readonly amount: number
      readonly period: CalendarPeriod
      readonly timeZone: string
    }

export type LimitAlgorithm = WindowPlan['algorithm']

export type CalendarPeriod = 'day' | 'month' | 'year'

/** In the order in which they are checked. */
export type LimitLevel = 'api' | 'operation' | 'subscription' | 'application' | 'custom' | 'backend'

/** `mark`: what is beyond the limit passes, uncounted, and is told in metrics and the access log. */
export type WhenUsedUp = 'refuse' | 'mark'

/** A counted limit. One counter is kept for each value of `by`. */
export type LimitPlan = {
  readonly tier: string
  readonly level: LimitLevel
  /**
   * `consumer`: application or client id, else subject, else client certificate, else address. `application`: the subscribed application, else
   * the consumer. `api`: all callers together. `key`: as a custom limit says. On the level `subscription` each API counts by itself.
   */
  readonly by: 'consumer' | 'application' | 'api' | 'address' | 'key'
  readonly windows: readonly WindowPlan[]
  readonly whenUsedUp: WhenUsedUp
}
