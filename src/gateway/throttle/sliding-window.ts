/**
 * Never more than `amount` in any window of that length, wherever it begins. What was counted is remembered in the cell's own bytes as a
 * few segments; where these would tell too little apart, the cell gets a page for a ring of 1,072 periods if there is one, and keeps it
 * until nothing of it counts any more. Both remember longer than the window rather than shorter.
 */
import type { Cells } from './cells.ts'
import type { CountingWindow, Times } from './counting-window.ts'
import { Ring } from './ring.ts'
import { Segments } from './segments.ts'

export class SlidingWindow implements CountingWindow {
  readonly amount: number
  readonly window: number
  readonly #segments: Segments
  readonly #ring: Ring

  constructor(amount: number, window: number) {
    this.amount = amount
    this.window = window
    this.#segments = new Segments(amount, window)
    this.#ring = new Ring(amount, window)
  }

  take(cells: Cells, cell: number, { monotonic }: Times, amount: number): number {
    const page = this.#page(cells, cell, monotonic)
    const left = this.amount - this.#used(cells, cell, page, monotonic) - amount
    if (left < 0) return -1
    this.#count(cells, cell, page, monotonic, amount)
    return left
  }

  left(cells: Cells, cell: number, { monotonic }: Times): number {
    return this.amount - this.#used(cells, cell, this.#page(cells, cell, monotonic), monotonic)
  }

  charge(cells: Cells, cell: number, { monotonic }: Times, amount: number): void {
    const page = this.#page(cells, cell, monotonic)
    this.#used(cells, cell, page, monotonic)
    this.#count(cells, cell, page, monotonic, amount)
  }

  giveBack(cells: Cells, cell: number, { monotonic }: Times, amount: number): void {
    const page = cells.page(cell)
    if (page < 0) this.#segments.giveBack(cells, cell, monotonic, amount)
    else this.#ring.giveBack(cells, page, monotonic, amount)
  }

  wait(cells: Cells, cell: number, { monotonic }: Times, amount: number): number {
    const page = this.#page(cells, cell, monotonic)
    const excess = amount + this.#used(cells, cell, page, monotonic) - this.amount
    if (excess <= 0) return 0
    return page < 0 ? this.#segments.wait(cells, cell, monotonic, excess) : this.#ring.wait(cells, page, monotonic, excess)
  }

  reset(): number {
    return this.window
  }

  /** The cell's page, which it has to give back when nothing of it counts any more; -1 for none. */
  #page(cells: Cells, cell: number, now: number): number {
    const page = cells.page(cell)
    if (page < 0 || cells.end(cell) > now) return page
    cells.releasePage(cell)
    return -1
  }

  #used(cells: Cells, cell: number, page: number, now: number): number {
    return page < 0 ? this.#segments.used(cells, cell, now) : this.#ring.used(cells, page, now)
  }

  /** Right after `used`. */
  #count(cells: Cells, cell: number, page: number, now: number, amount: number): void {
    const ringPage = page < 0 && !this.#segments.hasRoom(cells, cell, now) ? this.#move(cells, cell, now) : page
    if (ringPage < 0) {
      this.#segments.count(cells, cell, now, amount)
      return
    }
    this.#ring.count(cells, ringPage, amount)
    cells.setEnd(cell, this.#ring.end(cells, ringPage))
  }

  /** From segments to a page, if there is one. Who has used less than half of the limit leaves the last ones to others. */
  #move(cells: Cells, cell: number, now: number): number {
    const isBusy = 2 * this.#segments.used(cells, cell, now) >= this.amount
    const page = cells.claimPage(cell, now, isBusy)
    if (page < 0) return -1
    this.#ring.begin(cells, page, now)
    this.#segments.each(cells, cell, now, (moment, amount) => this.#ring.place(cells, page, moment, amount))
    cells.usePage(cell, page)
    return page
  }
}
