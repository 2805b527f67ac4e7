/**
 * The generic cell rate algorithm (ITU-T I.371): a quota that comes evenly, of which some may be saved up. What is remembered is one
 * moment: when what has passed would have come at the even rate. It is kept as a count of intervals, to which whole numbers are added
 * without rounding.
 */
import { type Cells, cellFloat64s } from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'

/** Intervals are longer by this share than they should be, so that rounding never lets more pass. */
const roundingMargin = 2 ** -48

export class GcraWindow implements CountingWindow {
  readonly burst: number
  /** Milliseconds in which one more comes. */
  readonly interval: number

  constructor(amount: number, window: number, burst: number) {
    this.burst = burst
    this.interval = (window / amount) * (1 + roundingMargin)
  }

  take(cells: Cells, cell: number, times: Times, amount: number): number {
    const now = times.monotonic / this.interval
    const due = this.#due(cells, cell, now) + amount
    const left = now + this.burst - due
    if (left < 0) return -1
    this.#keep(cells, cell, due)
    return Math.floor(left)
  }

  left(cells: Cells, cell: number, times: Times): number {
    const now = times.monotonic / this.interval
    return Math.floor(now + this.burst - this.#due(cells, cell, now))
  }

  charge(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#keep(cells, cell, this.#due(cells, cell, times.monotonic / this.interval) + amount)
  }

  /** After an interval a pause may have come since, of which nothing can be saved up. */
  giveBack(cells: Cells, cell: number, times: Times, amount: number, now: number): void {
    if (now - times.monotonic >= this.interval) return
    const due = cells.float64[cell * cellFloat64s]!
    this.#keep(cells, cell, Math.max(0, due - amount))
  }

  wait(cells: Cells, cell: number, times: Times, amount: number): number {
    const now = times.monotonic / this.interval
    const early = this.#due(cells, cell, now) + amount - this.burst - now
    return early <= 0 ? 0 : (early + 2 ** -10) * this.interval
  }

  reset(): number {
    return this.burst * this.interval
  }

  /** What has passed is due then; never before now, so that no more than a burst is saved up. */
  #due(cells: Cells, cell: number, now: number): number {
    // The index is within the cell, and the cell within the view.
    return Math.max(now, cells.float64[cell * cellFloat64s]!)
  }

  #keep(cells: Cells, cell: number, due: number): void {
    cells.float64[cell * cellFloat64s] = due
    cells.setEnd(cell, due * this.interval)
  }
}
