/**
 * Windows that begin at moments of the clock outside, each with the whole quota, so that twice the quota can pass around the turn of one:
 * WSO2's, which are aligned to the epoch, and those of the calendar.
 */
import { amountAt, type Cells, endAt, float64Shift, markAt } from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'
import type { Frame } from './frames.ts'

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
    cells.float64[(cell << float64Shift) + amountAt]! += amount
    return left
  }

  left(cells: Cells, cell: number, times: Times): number {
    this.#advance(cells, cell, times)
    // The index is within the cell, and the cell within the view.
    return this.amount - cells.float64[(cell << float64Shift) + amountAt]!
  }

  charge(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#advance(cells, cell, times)
    cells.float64[(cell << float64Shift) + amountAt]! += amount
  }

  giveBack(cells: Cells, cell: number, times: Times, amount: number): void {
    this.#frame.set(times.wall)
    if (cells.float64[(cell << float64Shift) + markAt]! > this.#frame.start) return
    const index = (cell << float64Shift) + amountAt
    cells.float64[index] = Math.max(0, cells.float64[index]! - amount)
  }

  wait(cells: Cells, cell: number, times: Times, amount: number): number {
    if (this.left(cells, cell, times) >= amount) return 0
    const next = this.#frame.nextAfter(cells.float64[(cell << float64Shift) + markAt]!)
    return next - times.wall
  }

  reset(times: Times): number {
    this.#frame.set(times.wall)
    return this.#frame.end - times.wall
  }

  #advance(cells: Cells, cell: number, times: Times): void {
    const first = cell << float64Shift
    const frame = this.#frame
    frame.set(times.wall)
    const mark = cells.float64[first + markAt]!
    // A clock that was set back by a little must not give the quota again; one that was far ahead must not bar its callers for long.
    if (mark === frame.start || mark === frame.end) return
    cells.float64[first + markAt] = frame.start
    cells.float64[first + endAt] = times.monotonic + frame.end - times.wall
    cells.float64[first + amountAt] = 0
  }
}
