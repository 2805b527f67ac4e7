/** What both kinds of window do with a cell. All times are milliseconds. The caller holds the lock of the cell. */
import type { Cells } from './cells.ts'

export type CountingWindow = {
  /** Counts one request and returns how many more would pass now, or -1 without counting when the window is full. */
  readonly take: (cells: Cells, cell: number, times: Times) => number
  /** Takes back what `take` has just counted. */
  readonly giveBack: (cells: Cells, cell: number) => void
  /** How long until a request would pass: 0 when it would pass now. */
  readonly wait: (cells: Cells, cell: number, times: Times) => number
  /** How long until the whole quota would be there again, right after a request was counted. */
  readonly reset: (times: Times) => number
}

/** One reading of the clock for all windows of a request; the throttle step owns the only one and overwrites it. */
export class Times {
  /** Monotonic. */
  monotonic: number = 0
  /** Since the epoch. */
  wall: number = 0
}
