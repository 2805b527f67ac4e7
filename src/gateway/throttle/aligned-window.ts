/**
 * Windows that begin at moments of the clock outside, each with the whole quota, so that twice the quota can pass around the turn of one:
 * WSO2's, which are aligned to the epoch, and those of the calendar.
 */
import { type Cells, cellFloat64s } from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'
import type { Frame } from './frames.ts'

/** Elements of the cell: what was counted, and in the window that begins when. */
const amountAt = 0
const startAt = 1

export class AlignedWindow implements CountingWindow {
  readonly amount: number
  readonly #frame: Frame

  constructor(amount: number, frame: Frame) {
    this.amount = amount
    this.#frame = frame
  }

  take(cells: Cells, cell: number, times: Times, amount: number): number {
    const left = this.left(cells, cell, times) - amount
    if (left < 0) return -1
    cells.float64[cell * cellFloat64s + amountAt]! += amount
    return left
  }

  left(cells: Cells, cell: number, times: Times): number {
    this.#advance(cells, cell, times)
    // The index is within the cell, and the cell within the view.
    return this.amount - cells.float64[cell * cellFloat64s + amountAt]!
  }

  charge(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#advance(cells, cell, times)
    cells.float64[cell * cellFloat64s + amountAt]! += amount
  }

  giveBack(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#frame.set(times.wall)
    const first = cell * cellFloat64s
    if (cells.float64[first + startAt]! > this.#frame.start) return
    cells.float64[first + amountAt] = Math.max(0, cells.float64[first + amountAt]! - amount)
  }

  wait(cells: Cells, cell: number, times: Times, amount: number): number {
    if (this.left(cells, cell, times) >= amount) return 0
    return this.#frame.nextAfter(cells.float64[cell * cellFloat64s + startAt]!) - times.wall
  }

  reset(times: Times): number {
    this.#frame.set(times.wall)
    return this.#frame.end - times.wall
  }

  #advance(cells: Cells, cell: number, times: Times): void {
    const first = cell * cellFloat64s
    const frame = this.#frame
    frame.set(times.wall)
    const start = cells.float64[first + startAt]!
    // A clock that was set back by a little must not give the quota again; one that was far ahead must not bar its callers for long.
    if (start === frame.start || start === frame.end) return
    cells.float64[first + startAt] = frame.start
    cells.float64[first + amountAt] = 0
    cells.setEnd(cell, times.monotonic + frame.end - times.wall)
  }
}
