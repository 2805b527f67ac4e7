import { regionBytes } from '../../../../src/contract/counter-memory.ts'
import { Cells, cellFloat64s } from '../../../../src/gateway/throttle/cells.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'

/** One cell of a region, counted in by one window. */
export class SlidingCaller {
  readonly window: SlidingWindow
  readonly cells: Cells = new Cells(new ArrayBuffer(regionBytes(4)), 0, 1, 4)
  readonly #times = new Times()
  readonly #cell = 7

  /** `pages`: that the region has left. */
  constructor(requests: number, window: number, pages: number = 4) {
    this.window = new SlidingWindow(requests, window)
    for (let page = pages; page < 4; page++) {
      this.cells.claimPage(1_000 + page, 0, true)
      this.cells.setEnd(1_000 + page, Number.MAX_SAFE_INTEGER)
    }
  }

  take(now: number, amount: number = 1): number {
    return this.window.take(this.cells, this.#cell, this.#at(now), amount)
  }

  left(now: number): number {
    return this.window.left(this.cells, this.#cell, this.#at(now))
  }

  wait(now: number, amount: number = 1): number {
    return this.window.wait(this.cells, this.#cell, this.#at(now), amount)
  }

  charge(now: number, amount: number): void {
    this.window.charge(this.cells, this.#cell, this.#at(now), amount)
  }

  giveBack(taken: number, amount: number = 1): void {
    this.window.giveBack(this.cells, this.#cell, this.#at(taken), amount)
  }

  get hasPage(): boolean {
    return this.cells.page(this.#cell) >= 0
  }

  /** The neighbours are other callers'. */
  get neighboursAreUntouched(): boolean {
    const { float64, uint32 } = this.cells
    const first = this.#cell * cellFloat64s
    const others = [...float64.subarray(0, first), ...float64.subarray(first + cellFloat64s)]
    return others.every((word) => word === 0) && uint32.every((word, cell) => word === 0 || cell === this.#cell)
  }

  #at(now: number): Times {
    this.#times.monotonic = now
    return this.#times
  }
}
