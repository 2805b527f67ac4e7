/**
 * Never more than `amount` in any window of that length, wherever it begins.
 *
 * Time is cut into periods of a 112th of the window, and requests are counted by period. A request is remembered until the whole of its
 * period is older than the window: never shorter than the window, at the most one period longer. So the limit is never exceeded, and
 * under sustained overload 112/113 of it (99.1 %) are let through; somewhat less in windows under 100 ms, because a period is a whole
 * number of microseconds.
 *
 * Counts of past periods are kept in units that fit 16 bits. Above 65,535 requests a unit is more than one request and counts are
 * rounded up, which costs at most another 0.2 %.
 */
import {
  type Cells,
  closedAt,
  currentAt,
  endAt,
  float64Shift,
  int32Shift,
  markAt,
  maxUnits,
  positionAt,
  ringAt,
  ringLength,
  uint16Shift,
} from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'

/** Milliseconds: what rounding may take from the beginning of a period. */
const roundingMargin = 0.001

export class SlidingWindow implements CountingWindow {
  readonly amount: number
  readonly window: number
  /** Length of a period in milliseconds. */
  readonly period: number
  /** What one unit is. */
  readonly unit: number

  constructor(amount: number, window: number) {
    this.amount = amount
    this.window = window
    // A microsecond more than the window, so that the rounding of divisions can never cut it short.
    this.period = Math.ceil((window * 1_000 + 1) / ringLength) / 1_000
    this.unit = Math.ceil(amount / maxUnits)
  }

  take(cells: Cells, cell: number, times: Times, amount: number): number {
    const left = this.left(cells, cell, times) - amount
    if (left < 0) return -1
    cells.int32[(cell << int32Shift) + currentAt]! += amount
    return left
  }

  left(cells: Cells, cell: number, times: Times): number {
    this.#advance(cells, cell, Math.floor(times.monotonic / this.period))
    const header = cell << int32Shift
    // Every index below is within the cell, and the cell within the views.
    return this.amount - cells.int32[header + currentAt]! - cells.int32[header + closedAt]! * this.unit
  }

  charge(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#advance(cells, cell, Math.floor(times.monotonic / this.period))
    cells.int32[(cell << int32Shift) + currentAt]! += amount
  }

  giveBack(cells: Cells, cell: number, _times: Times, amount: number): void {
    const index = (cell << int32Shift) + currentAt
    // Another thread may have closed the period meanwhile; then it stays counted.
    cells.int32[index] = Math.max(0, cells.int32[index]! - amount)
  }

  wait(cells: Cells, cell: number, times: Times, amount: number): number {
    let excess = amount - this.left(cells, cell, times)
    if (excess <= 0) return 0
    const header = cell << int32Shift
    const mark = cells.float64[(cell << float64Shift) + markAt]!
    const current = cells.int32[header + currentAt]!
    // By then the current period is closed, and rounded up.
    excess += Math.ceil(current / this.unit) * this.unit - current
    const ring = (cell << uint16Shift) + ringAt
    let position = cells.int32[header + positionAt]!
    let passed = 0
    while (passed < ringLength) {
      excess -= cells.uint16[ring + position]! * this.unit
      passed++
      if (excess <= 0) break
      position = position + 1 === ringLength ? 0 : position + 1
    }
    if (excess > 0) passed++
    return (mark + passed) * this.period + roundingMargin - times.monotonic
  }

  reset(): number {
    return this.window
  }

  /** Brings the cell to `period`: what was current is closed, and what is too old leaves the ring. */
  #advance(cells: Cells, cell: number, period: number): void {
    const marks = cell << float64Shift
    const gap = period - cells.float64[marks + markAt]!
    // Below zero: another thread read the clock later and got here first. Counting later than it was is the safe side.
    if (gap <= 0) return
    cells.float64[marks + markAt] = period
    cells.float64[marks + endAt] = (period + ringLength + 1) * this.period
    const header = cell << int32Shift
    const current = cells.int32[header + currentAt]!
    const closed = cells.int32[header + closedAt]!
    if (current === 0 && closed === 0) return
    cells.int32[header + currentAt] = 0
    const ring = (cell << uint16Shift) + ringAt
    if (gap > ringLength) {
      cells.uint16.fill(0, ring, ring + ringLength)
      cells.int32[header + closedAt] = 0
      return
    }
    let total = closed
    let entering = this.unit === 1 ? current : Math.ceil(current / this.unit)
    let position = cells.int32[header + positionAt]!
    for (let step = 0; step < gap; step++) {
      total += entering - cells.uint16[ring + position]!
      cells.uint16[ring + position] = entering
      entering = 0
      position = position + 1 === ringLength ? 0 : position + 1
    }
    cells.int32[header + closedAt] = total
    cells.int32[header + positionAt] = position
  }
}
