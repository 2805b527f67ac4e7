/**
 * The memory of counters, in a buffer that threads can share: regions of 1,024 cells that lie under one lock together. What the bytes of
 * a cell mean is the business of the window that it counts for.
 *
 * A cell has 48 bytes: 8 of key and 4 that say when it ends, which are the table's, an uint32 and 32 bytes for the window. A few cells of
 * a region that need more have a page of 2,176 bytes beside it, and where that is in their own bytes. How many pages there are is in the contract.
 */
import { cellsInRegion, regionHead, ringBytes } from '../../contract/counter-memory.ts'

export const regionShift = 10

/** Elements of a cell's own 32 bytes in the two views on them. */
export const cellFloat64s = 4
export const cellUint16s = 16

export const pageFloat64s: number = ringBytes / Float64Array.BYTES_PER_ELEMENT
export const pageUint16s: number = ringBytes / Uint16Array.BYTES_PER_ELEMENT

/** Elements of a region's head: its lock, then whose the pages are. */
const ownersAt = 1
/** Element of a cell with a page: which it is. Of any other cell it means something else. */
const pageAt = 4

/** Milliseconds in a unit of `ends`: 32 bits of them are seventeen years. */
const endUnit = 125
const lastEnd = 2 ** 32 - 1

export class Cells {
  /** The window's 32 bytes, as it likes. */
  readonly float64: Float64Array
  readonly uint16: Uint16Array
  /** The window's uint32. */
  readonly uint32: Uint32Array
  readonly pageFloat64: Float64Array
  readonly pageUint16: Uint16Array
  /** Two words for each cell. */
  readonly keys: Int32Array
  readonly heads: Int32Array
  /** Pages of each region, and elements of its head. */
  readonly #pages: number
  readonly #headInt32s: number
  readonly #ends: Uint32Array

  /** `byteOffset` is a multiple of 8. */
  constructor(buffer: ArrayBufferLike, byteOffset: number, regions: number, pagesInRegion: number) {
    this.#pages = pagesInRegion
    this.#headInt32s = regionHead(pagesInRegion)
    const cells = regions * cellsInRegion
    let offset = byteOffset
    const next = (bytes: number): number => {
      offset += bytes
      return offset - bytes
    }
    const content = next(cells * 32)
    const pages = next(regions * pagesInRegion * ringBytes)
    this.float64 = new Float64Array(buffer, content, cells * cellFloat64s)
    this.uint16 = new Uint16Array(buffer, content, cells * cellUint16s)
    this.pageFloat64 = new Float64Array(buffer, pages, regions * pagesInRegion * pageFloat64s)
    this.pageUint16 = new Uint16Array(buffer, pages, regions * pagesInRegion * pageUint16s)
    this.keys = new Int32Array(buffer, next(cells * 8), cells * 2)
    this.#ends = new Uint32Array(buffer, next(cells * 4), cells)
    this.uint32 = new Uint32Array(buffer, next(cells * 4), cells)
    this.heads = new Int32Array(buffer, next(regions * this.#headInt32s * 4), regions * this.#headInt32s)
  }

  /** Index of a region's lock in `heads`. */
  lockOf(region: number): number {
    return region * this.#headInt32s
  }

  /** Monotonic milliseconds from which forgetting the cell loses nothing; 0 for one that was never used. Somewhat later than was said. */
  end(cell: number): number {
    // This and every index below is within its region, and the region within the views.
    return this.#ends[cell]! * endUnit
  }

  setEnd(cell: number, milliseconds: number): void {
    this.#ends[cell] = Math.min(lastEnd, Math.ceil(milliseconds / endUnit))
  }

  /** Makes it a cell that has counted nothing, for every kind of window. */
  clear(cell: number): void {
    this.releasePage(cell)
    this.#ends[cell] = 0
    this.uint32[cell] = 0
    this.float64.fill(0, cell * cellFloat64s, (cell + 1) * cellFloat64s)
  }

  /** The number of the cell's page, or -1. */
  page(cell: number): number {
    const region = cell >>> regionShift
    const page = this.uint16[cell * cellUint16s + pageAt]!
    return this.#ownerAt(region, page) === (cell & (cellsInRegion - 1)) + 1 ? region * this.#pages + page : -1
  }

  /** The cell uses the page that it has claimed: its own bytes say that, and nothing else from now on. */
  usePage(cell: number, page: number): void {
    this.uint16[cell * cellUint16s + pageAt] = page % this.#pages
  }

  /** Gives the cell a page that is all zeros, which it must use; -1 where others have them and still count at `now`. Half of them are for those that are `busy`. */
  claimPage(cell: number, now: number, busy: boolean): number {
    const region = cell >>> regionShift
    const first = this.lockOf(region) + ownersAt
    let others = busy ? 0 : this.#pages / 2
    for (let index = 0; index < this.#pages; index++) {
      const owner = this.heads[first + index]!
      if (owner !== 0 && this.end(region * cellsInRegion + owner - 1) > now) continue
      if (others-- > 0) continue
      if (owner !== 0) this.clear(region * cellsInRegion + owner - 1)
      this.heads[first + index] = (cell & (cellsInRegion - 1)) + 1
      const page = region * this.#pages + index
      this.pageFloat64.fill(0, page * pageFloat64s, (page + 1) * pageFloat64s)
      return page
    }
    return -1
  }

  releasePage(cell: number): void {
    const page = this.page(cell)
    if (page >= 0) this.heads[this.lockOf(cell >>> regionShift) + ownersAt + (page % this.#pages)] = 0
  }

  #ownerAt(region: number, page: number): number {
    return page < this.#pages ? this.heads[this.lockOf(region) + ownersAt + page]! : 0
  }
}
