/**
 * Counts of a few spans of time, in a cell's own bytes. Time runs in ticks of a 65,000th of the window; a segment is what came until its
 * tick, and is remembered until that tick is older than the window. The newest is counted in, six others are closed. Where a seventh is
 * needed, the two neighbours become one whose joining makes the least be remembered longer: never shorter than the window.
 *
 * So up to seven moments are told apart exactly. Closed counts are in units that fit 16 bits; what does not fill one stays in the newest.
 */
import { type Cells, cellFloat64s, cellUint16s } from './cells.ts'
import { maxUnits, roundingMargin } from './ring.ts'

const closedSegments = 6
/** Elements of the cell: the newest's count is its float64 0, the newest's tick its uint32; then the closed ones', oldest first. */
const ticksAt = 4
const unitsAt: number = ticksAt + closedSegments

/** A tick is told by 16 bits, as a distance from the newest. */
export const ticksInWindow = 65_000

export class Segments {
  /** Milliseconds. */
  readonly tick: number
  /** How much a unit is. */
  readonly unit: number

  constructor(amount: number, window: number) {
    this.tick = (window + roundingMargin) / ticksInWindow
    this.unit = Math.ceil(amount / maxUnits)
  }

  /** How much counts at `now`. */
  used(cells: Cells, cell: number, now: number): number {
    const { float64, uint16, uint32 } = cells
    const tick = Math.floor(now / this.tick)
    // The ticks of a cell that was not asked for so long may have come round.
    if (cells.end(cell) <= now) return this.#empty(cells, cell, tick)
    // Every index here and below is within the cell, and the cell within the views.
    const age = (tick - uint32[cell]!) | 0
    if (age > ticksInWindow) return this.#empty(cells, cell, tick)
    const first = cell * cellUint16s
    let units = 0
    let expired = 0
    for (let index = 0; index < closedSegments; index++) {
      const count = uint16[first + unitsAt + index]!
      if (count === 0) break
      if (age + this.#distance(cells, cell, index) > ticksInWindow) expired++
      else units += count
    }
    if (expired > 0) this.#drop(cells, cell, 0, expired)
    return float64[cell * cellFloat64s]! + units * this.unit
  }

  /** Right after `used`: whether `count` would tell it apart from all that came before. */
  hasRoom(cells: Cells, cell: number, now: number): boolean {
    return (
      cells.uint16[cell * cellUint16s + unitsAt + closedSegments - 1] === 0 ||
      cells.float64[cell * cellFloat64s]! < this.unit ||
      ((Math.floor(now / this.tick) - cells.uint32[cell]!) | 0) <= 0
    )
  }

  /** Right after `used`. */
  count(cells: Cells, cell: number, now: number, amount: number): void {
    const { float64, uint32 } = cells
    const tick = Math.floor(now / this.tick)
    // Below zero: another thread read the clock later and got here first. Counting later than it was is the safe side.
    if (((tick - uint32[cell]!) | 0) > 0) {
      this.#close(cells, cell)
      this.#setTick(cells, cell, tick)
    }
    float64[cell * cellFloat64s]! += amount
    const end = (tick + ticksInWindow + 1) * this.tick
    if (end > cells.end(cell)) cells.setEnd(cell, end)
  }

  giveBack(cells: Cells, cell: number, moment: number, amount: number): void {
    const { float64, uint16, uint32 } = cells
    const age = (uint32[cell]! - Math.floor(moment / this.tick)) | 0
    if (age <= 0) {
      float64[cell * cellFloat64s] = Math.max(0, float64[cell * cellFloat64s]! - amount)
      return
    }
    if (age > ticksInWindow) return
    const first = cell * cellUint16s + unitsAt
    for (let index = 0; index < closedSegments && uint16[first + index]! > 0; index++) {
      if (this.#distance(cells, cell, index) > age) continue
      uint16[first + index]! -= Math.min(Math.floor(amount / this.unit), uint16[first + index]!)
      if (uint16[first + index] === 0) this.#drop(cells, cell, index, 1)
      return
    }
  }

  /** Right after `used`: how long until `excess` of it counts no more. */
  wait(cells: Cells, cell: number, now: number, excess: number): number {
    const newest = Math.floor(now / this.tick) - ((Math.floor(now / this.tick) - cells.uint32[cell]!) | 0)
    let rest = excess
    let tick = newest
    for (let index = 0; index < closedSegments; index++) {
      const units = cells.uint16[cell * cellUint16s + unitsAt + index]!
      if (units === 0) break
      rest -= units * this.unit
      if (rest > 0) continue
      tick = newest - this.#distance(cells, cell, index)
      break
    }
    return (tick + ticksInWindow + 1) * this.tick + roundingMargin - now
  }

  /** Right after `used`: hands over every segment, with the moment until which it counted. */
  each(cells: Cells, cell: number, now: number, take: (moment: number, amount: number) => void): void {
    const newest = Math.floor(now / this.tick) - ((Math.floor(now / this.tick) - cells.uint32[cell]!) | 0)
    for (let index = 0; index < closedSegments; index++) {
      const units = cells.uint16[cell * cellUint16s + unitsAt + index]!
      if (units > 0) take((newest - this.#distance(cells, cell, index) + 1) * this.tick, units * this.unit)
    }
    take((newest + 1) * this.tick, cells.float64[cell * cellFloat64s]!)
  }

  #empty(cells: Cells, cell: number, tick: number): number {
    cells.float64.fill(0, cell * cellFloat64s, (cell + 1) * cellFloat64s)
    this.#setTick(cells, cell, tick)
    return 0
  }

  #setTick(cells: Cells, cell: number, tick: number): void {
    cells.uint32[cell] = tick
  }

  /** Ticks from a closed segment to the newest. */
  #distance(cells: Cells, cell: number, index: number): number {
    return (cells.uint32[cell]! - cells.uint16[cell * cellUint16s + ticksAt + index]!) & 0xffff
  }

  /** The newest becomes a closed one, but for what does not fill a unit. */
  #close(cells: Cells, cell: number): void {
    const { float64, uint16, uint32 } = cells
    const newest = cell * cellFloat64s
    if (float64[newest]! < this.unit) return
    const first = cell * cellUint16s
    if (uint16[first + unitsAt + closedSegments - 1]! > 0) this.#join(cells, cell)
    let index = 0
    while (uint16[first + unitsAt + index]! > 0) index++
    const units = Math.min(maxUnits, Math.floor(float64[newest]! / this.unit))
    uint16[first + ticksAt + index] = uint32[cell]!
    uint16[first + unitsAt + index] = units
    float64[newest]! -= units * this.unit
  }

  /** Makes room: of the closed ones and the newest, the two neighbours become one for which that costs least. */
  #join(cells: Cells, cell: number): void {
    const { float64, uint16 } = cells
    const first = cell * cellUint16s + unitsAt
    let cheapest = 0
    let least = Infinity
    for (let index = 0; index < closedSegments; index++) {
      const next = index + 1 < closedSegments ? this.#distance(cells, cell, index + 1) : 0
      const cost = uint16[first + index]! * (this.#distance(cells, cell, index) - next)
      if (cost < least) {
        least = cost
        cheapest = index
      }
    }
    const joined = uint16[first + cheapest]!
    this.#drop(cells, cell, cheapest, 1)
    const fits = cheapest === closedSegments - 1 ? 0 : Math.min(joined, maxUnits - uint16[first + cheapest]!)
    uint16[first + cheapest]! += fits
    float64[cell * cellFloat64s]! += (joined - fits) * this.unit
  }

  /** Takes closed segments out, and lets the later ones move up. */
  #drop(cells: Cells, cell: number, from: number, count: number): void {
    const { uint16 } = cells
    const first = cell * cellUint16s
    for (let index = from; index < closedSegments; index++) {
      const next = index + count
      uint16[first + ticksAt + index] = next < closedSegments ? uint16[first + ticksAt + next]! : 0
      uint16[first + unitsAt + index] = next < closedSegments ? uint16[first + unitsAt + next]! : 0
    }
  }
}
