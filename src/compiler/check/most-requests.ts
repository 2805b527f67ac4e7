/** How many requests limits let through at the most, within some time, wherever it begins: what no traffic can exceed in one gateway. */
import type { CalendarPeriod, WindowPlan } from '../../contract/plan/limit.ts'

const day = 86_400_000
/** Milliseconds of the shortest that there are; a day may lose an hour or two to the clock of its zone. */
const shortest: Readonly<Record<CalendarPeriod, number>> = {
  day: day - 7_200_000,
  month: 28 * day - 7_200_000,
  year: 365 * day - 7_200_000,
}

/** Of several windows that all hold; infinite where none counts requests. `milliseconds`: of the time that is looked at. */
export function mostRequests(windows: readonly WindowPlan[], milliseconds: number): number {
  return Math.min(Infinity, ...windows.filter(({ unit }) => unit === 'requests').map((window) => mostOf(window, milliseconds)))
}

function mostOf(window: WindowPlan, milliseconds: number): number {
  switch (window.algorithm) {
    case 'sliding':
      return window.amount * Math.ceil(milliseconds / window.window)
    case 'fixed':
      // It may begin in the last moment of one window and end in the first of another.
      return window.amount * (Math.ceil(milliseconds / window.window) + 1)
    case 'gcra':
      return window.burst + Math.ceil((window.amount * milliseconds) / window.window)
    case 'calendar':
      return window.amount * (Math.ceil(milliseconds / shortest[window.period]) + 1)
  }
}
