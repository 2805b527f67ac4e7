/**
 * Counts of past periods, on a page. A window is cut into 1,072 periods. What was counted is remembered until the whole of its period is
 * older than the window: never shorter than the window, at the most one period longer. So the limit is never exceeded, and under
 * sustained overload 1072/1073 of it (99.9 %) are let through.
 *
 * Counts of closed periods are kept in units that fit 16 bits. Above 65,535 a unit is more than one, and what does not fill one goes on to
 * the next period, which is the safe side.
 */
import { type Cells, pageFloat64s, pageUint16s } from './cells.ts'

/** Elements of a page: the period that is counted in, what is counted in it, units in the ring, where the ring's oldest period is. */
const markAt = 0
const currentAt = 1
const closedAt = 2
const positionAt = 3
const ringAt = 16

/** Periods that the ring holds. */
export const ringLength: number = pageUint16s - ringAt

/** What 16 bits can hold. */
export const maxUnits = 65_535

/** Milliseconds by which all periods together are longer than the window, so that the rounding of divisions can never cut it short. */
export const roundingMargin = 0.001

export class Ring {
  /** Length of a period in milliseconds. */
  readonly period: number
  /** How much a unit is. */
  readonly unit: number

  constructor(amount: number, window: number) {
    this.period = (window + roundingMargin) / ringLength
    this.unit = Math.ceil(amount / maxUnits)
  }

  /** The page is all zeros. */
  begin(cells: Cells, page: number, now: number): void {
    cells.pageFloat64[page * pageFloat64s + markAt] = Math.floor(now / this.period)
  }

  /** Counts what came at `moment` or before, which is not before the ring's oldest period. */
  place(cells: Cells, page: number, moment: number, amount: number): void {
    const first = page * pageFloat64s
    // Every index here and below is within the page, and the page within the views.
    const slot = this.#slot(cells, page, Math.floor(moment / this.period))
    let rest = amount
    if (slot >= 0) {
      const units = Math.min(Math.floor(amount / this.unit), maxUnits - cells.pageUint16[slot]!)
      cells.pageUint16[slot]! += units
      cells.pageFloat64[first + closedAt]! += units
      rest -= units * this.unit
    }
    cells.pageFloat64[first + currentAt]! += rest
  }

  /** How much counts at `now`. */
  used(cells: Cells, page: number, now: number): number {
    this.#advance(cells, page, Math.floor(now / this.period))
    const first = page * pageFloat64s
    return cells.pageFloat64[first + currentAt]! + cells.pageFloat64[first + closedAt]! * this.unit
  }

  /** Right after `used`. */
  count(cells: Cells, page: number, amount: number): void {
    cells.pageFloat64[page * pageFloat64s + currentAt]! += amount
  }

  /** Monotonic milliseconds from which nothing of it counts any more. */
  end(cells: Cells, page: number): number {
    return (cells.pageFloat64[page * pageFloat64s + markAt]! + ringLength + 1) * this.period
  }

  giveBack(cells: Cells, page: number, moment: number, amount: number): void {
    const first = page * pageFloat64s
    const period = Math.floor(moment / this.period)
    if (period >= cells.pageFloat64[first + markAt]!) {
      cells.pageFloat64[first + currentAt] = Math.max(0, cells.pageFloat64[first + currentAt]! - amount)
      return
    }
    const slot = this.#slot(cells, page, period)
    if (slot < 0) return
    const units = Math.min(Math.floor(amount / this.unit), cells.pageUint16[slot]!)
    cells.pageUint16[slot]! -= units
    cells.pageFloat64[first + closedAt]! -= units
  }

  /** Right after `used`: how long until `excess` of it counts no more. */
  wait(cells: Cells, page: number, now: number, excess: number): number {
    const first = page * pageFloat64s
    const ring = page * pageUint16s + ringAt
    let position = cells.pageFloat64[first + positionAt]!
    let rest = excess
    let passed = 0
    while (passed < ringLength && rest > 0) {
      rest -= cells.pageUint16[ring + position]! * this.unit
      passed++
      position = position + 1 === ringLength ? 0 : position + 1
    }
    if (rest > 0) passed++
    return (cells.pageFloat64[first + markAt]! + passed) * this.period + roundingMargin - now
  }

  /** Index of a closed period's count; -1 where the ring does not hold it. */
  #slot(cells: Cells, page: number, period: number): number {
    const first = page * pageFloat64s
    const age = cells.pageFloat64[first + markAt]! - period
    if (age < 1 || age > ringLength) return -1
    const position = cells.pageFloat64[first + positionAt]! + ringLength - age
    return page * pageUint16s + ringAt + (position >= ringLength ? position - ringLength : position)
  }

  /** Brings the page to `period`: what was current is closed, and what is too old leaves the ring. */
  #advance(cells: Cells, page: number, period: number): void {
    const first = page * pageFloat64s
    const gap = period - cells.pageFloat64[first + markAt]!
    // Below zero: another thread read the clock later and got here first. Counting later than it was is the safe side.
    if (gap <= 0) return
    cells.pageFloat64[first + markAt] = period
    const ring = page * pageUint16s + ringAt
    if (gap > ringLength) {
      cells.pageUint16.fill(0, ring, ring + ringLength)
      cells.pageFloat64[first + closedAt] = 0
      cells.pageFloat64[first + currentAt] = 0
      return
    }
    const current = cells.pageFloat64[first + currentAt]!
    let entering = Math.min(maxUnits, Math.floor(current / this.unit))
    cells.pageFloat64[first + currentAt] = current - entering * this.unit
    let total = cells.pageFloat64[first + closedAt]!
    let position = cells.pageFloat64[first + positionAt]!
    for (let step = 0; step < gap; step++) {
      total += entering - cells.pageUint16[ring + position]!
      cells.pageUint16[ring + position] = entering
      entering = 0
      position = position + 1 === ringLength ? 0 : position + 1
    }
    cells.pageFloat64[first + closedAt] = total
    cells.pageFloat64[first + positionAt] = position
  }
}
