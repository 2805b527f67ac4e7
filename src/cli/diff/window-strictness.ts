/** Whether what one window of a limit lets through, another would let through as well. */
import type { ManifestLimit } from '../../contract/manifest/limit.ts'

export type Window = ManifestLimit['windows'][number]

/** Seconds. Days with a change of the clock have 23 or 25 hours. */
const longest = { day: 90_000, month: 31 * 86_400 + 3600, year: 366 * 86_400 } as const

/**
 * True where `strict` lets nothing through that `loose` would not. Windows of different kinds are compared by the most that can pass; where
 * that says nothing, the answer is false.
 */
export function isWithin(strict: Window, loose: Window): boolean {
  if (strict.unit !== loose.unit) return false
  if (sameKind(strict, loose)) return strict.amount <= loose.amount && (strict.burst ?? 0) <= (loose.burst ?? 0)
  switch (loose.algorithm) {
    case 'sliding':
      return mostIn(strict, loose.windowSeconds ?? 0) <= loose.amount
    case 'fixed':
      return mostInAligned(strict, loose.windowSeconds ?? 0) <= loose.amount
    case 'calendar':
      return loose.calendar !== null && mostIn(strict, longest[loose.calendar.period]) <= loose.amount
    case 'gcra':
      return isSlower(strict, loose)
  }
}

/** Of a list of windows all hold: each of `loose` must be kept by one of `strict`. */
export function areWithin(strict: readonly Window[], loose: readonly Window[]): boolean {
  return loose.every((window) => strict.some((other) => isWithin(other, window)))
}

function sameKind(a: Window, b: Window): boolean {
  const sameCalendar = a.calendar?.period === b.calendar?.period && a.calendar?.timeZone === b.calendar?.timeZone
  return a.algorithm === b.algorithm && a.algorithm !== 'gcra' && a.windowSeconds === b.windowSeconds && sameCalendar
}

/** Both are even: neither its rate nor what comes at once is above the other's. */
function isSlower(strict: Window, loose: Window): boolean {
  if (strict.algorithm !== 'gcra') return false
  const [rate, other] = [strict.amount / (strict.windowSeconds ?? 1), loose.amount / (loose.windowSeconds ?? 1)]
  return rate <= other && (strict.burst ?? 0) <= (loose.burst ?? 0)
}

/** The most that passes in any time of so many seconds, wherever it begins. */
function mostIn(window: Window, seconds: number): number {
  const { algorithm, amount, windowSeconds, burst } = window
  if (windowSeconds === null || windowSeconds <= 0) return Number.POSITIVE_INFINITY
  switch (algorithm) {
    case 'sliding':
      return amount * Math.ceil(seconds / windowSeconds)
    // It may begin in the midst of one window, and end in the midst of another.
    case 'fixed':
      return amount * (Math.ceil(seconds / windowSeconds) + 1)
    case 'gcra':
      return (burst ?? 0) + Math.floor((amount * seconds) / windowSeconds)
    case 'calendar':
      return Number.POSITIVE_INFINITY
  }
}

/** The same for times that begin at multiples of their length, as windows of the kind `fixed` do. */
function mostInAligned(window: Window, seconds: number): number {
  const { algorithm, amount, windowSeconds } = window
  const fits = algorithm === 'fixed' && windowSeconds !== null && windowSeconds > 0 && seconds % windowSeconds === 0
  return fits ? amount * (seconds / windowSeconds) : mostIn(window, seconds)
}
