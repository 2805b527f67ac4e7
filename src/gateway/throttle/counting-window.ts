/**
 * What every kind of window does with a cell. All times are milliseconds. Amounts are whole requests or bytes, as the plan's window says.
 * The caller holds the lock of the cell.
 */
import type { Cells } from './cells.ts'

export type CountingWindow = {
  /** Counts `amount` and returns how much more would pass now, or -1 without counting when not all of it fits. */
  readonly take: (cells: Cells, cell: number, times: Times, amount: number) => number
  /** How much would pass now; below zero where more was charged than there was. */
  readonly left: (cells: Cells, cell: number, times: Times) => number
  /** Counts what has already passed, however much is left: the next has to wait for it. */
  readonly charge: (cells: Cells, cell: number, times: Times, amount: number) => void
  /** Takes back at `now`, which is monotonic, what `take` counted at `times`; less of it where it no longer counts. */
  readonly giveBack: (cells: Cells, cell: number, times: Times, amount: number, now: number) => void
  /** How long until `amount` would pass: 0 when it would pass now. */
  readonly wait: (cells: Cells, cell: number, times: Times, amount: number) => number
  /** How long until the whole quota would be there again, right after something was counted. */
  readonly reset: (times: Times) => number
}

/** One reading of the clock for all windows of a request; the throttle step owns the only one and overwrites it. */
export class Times {
  /** Monotonic. */
  monotonic: number = 0
  /** Since the epoch. */
  wall: number = 0
  /** Monotonic: since when it may have been counted, where others were asked to count it; else as `monotonic`. */
  asked: number = 0

  copy({ monotonic, wall, asked }: Times): void {
    this.monotonic = monotonic
    this.wall = wall
    this.asked = asked
  }
}
