/** WSO2's windows: aligned to the epoch, each with the whole quota, so that twice the quota can pass around the turn of a window. */
import { type Cells, currentAt, endAt, float64Shift, int32Shift, markAt } from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'

export class FixedWindow implements CountingWindow {
  readonly requests: number
  readonly window: number

  constructor(requests: number, window: number) {
    this.requests = requests
    this.window = window
  }

  take(cells: Cells, cell: number, times: Times): number {
    this.#advance(cells, cell, times)
    const index = (cell << int32Shift) + currentAt
    // The index is within the cell, and the cell within the view.
    const current = cells.int32[index]!
    if (current >= this.requests) return -1
    cells.int32[index] = current + 1
    return this.requests - current - 1
  }

  giveBack(cells: Cells, cell: number): void {
    const index = (cell << int32Shift) + currentAt
    const current = cells.int32[index]!
    if (current > 0) cells.int32[index] = current - 1
  }

  wait(cells: Cells, cell: number, times: Times): number {
    this.#advance(cells, cell, times)
    if (cells.int32[(cell << int32Shift) + currentAt]! < this.requests) return 0
    return (cells.float64[(cell << float64Shift) + markAt]! + 1) * this.window - times.wall
  }

  reset(times: Times): number {
    return (Math.floor(times.wall / this.window) + 1) * this.window - times.wall
  }

  #advance(cells: Cells, cell: number, times: Times): void {
    const marks = cell << float64Shift
    const mark = cells.float64[marks + markAt]!
    const index = Math.floor(times.wall / this.window)
    // A clock that was set back by a little must not give the quota again; one that was far ahead must not bar its callers for long.
    if (index === mark || index === mark - 1) return
    cells.float64[marks + markAt] = index
    cells.float64[marks + endAt] = times.monotonic + (index + 1) * this.window - times.wall
    cells.int32[(cell << int32Shift) + currentAt] = 0
  }
}
