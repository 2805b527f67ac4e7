/**
 * The RateLimit fields (draft-ietf-httpapi-ratelimit-headers-10): which limits hold, how much is left, and in how many seconds the quota
 * is back. The policies never change, so that their text is made at start.
 */
import type { LimitPlan, WindowPlan } from '../../contract/plan/limit.ts'

export type LimitWindow = { readonly limit: LimitPlan; readonly window: WindowPlan }

export type RateLimitText = {
  /** The whole RateLimit-Policy line, and the name of the RateLimit field. */
  readonly start: string
  /** One for each window: its name and the parameter that the remaining requests follow. */
  readonly items: readonly string[]
}

export function rateLimitText(windows: readonly LimitWindow[]): RateLimitText {
  const names = uniqueNames(windows).map(structuredString)
  const policies = windows.map(
    ({ window }, index) => `${names[index]};q=${window.amount}${unitParameter(window)}${windowParameter(window)}`,
  )
  return { start: `RateLimit-Policy: ${policies.join(', ')}\r\nRateLimit: `, items: names.map((name) => `${name};r=`) }
}

/** Requests are what is counted where nothing is said. */
function unitParameter({ unit }: WindowPlan): string {
  return unit === 'bytes' ? ';qu="content-bytes"' : ''
}

/** The parameter takes whole seconds only, and may be left out. */
function windowParameter(plan: WindowPlan): string {
  return plan.algorithm !== 'calendar' && plan.window % 1_000 === 0 ? `;w=${plan.window / 1_000}` : ''
}

/** The shortest form in which no two windows of an operation share a name. */
function uniqueNames(windows: readonly LimitWindow[]): readonly string[] {
  const forms: readonly ((item: LimitWindow, index: number) => string)[] = [
    ({ limit }) => limit.tier,
    ({ limit, window }) => `${limit.tier}-${lengthText(window)}`,
    ({ limit, window }) => `${limit.tier}-${limit.level}-${lengthText(window)}`,
    ({ limit }, index) => `${limit.tier}-${index + 1}`,
  ]
  const candidates = forms.map((form) => windows.map(form))
  return candidates.find((names) => new Set(names.map(structuredString)).size === names.length) ?? windows.map((_, index) => `${index + 1}`)
}

function lengthText(plan: WindowPlan): string {
  if (plan.algorithm === 'calendar') return plan.period
  return plan.window % 1_000 === 0 ? `${plan.window / 1_000}s` : `${plan.window}ms`
}

/** A string of structured fields (RFC 9651 §3.3.3), which is printable ASCII: what is not becomes a question mark. */
function structuredString(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/gu, '?').replaceAll(/["\\]/g, '\\$&')}"`
}
