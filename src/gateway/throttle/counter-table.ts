/**
 * A bounded table of counters in shared memory: regions of cells, each under its own lock, so that threads count together and seldom meet.
 * A key is a 64-bit keyed hash that a caller can neither choose nor learn. Where there is no room, the cell goes whose memory would have
 * ended soonest: a limit is never skipped. Counters of everybody together are told by a bit of their key, and stay: otherwise callers with
 * many addresses and long windows could have the gateway forget what its backends are to be spared.
 *
 * A key's cell is in one of the buckets of eight that its hash leads to one after the other, within one region. A bucket that once was full
 * stays full, so that a search ends at the first one that has an empty cell.
 *
 * The buffer: 64 bytes of head (entries, evictions, regions, pages of each, the seed of the hash), then the cells.
 */
import { randomFillSync } from 'node:crypto'
import { cellsInRegion, counterMemory, tableHeadBytes as headBytes } from '../../contract/counter-memory.ts'
import { freeLock, takeLock } from '../spin-lock.ts'
import { Cells, regionShift } from './cells.ts'

const cellsInBucket = 8
const bucketMask = cellsInRegion / cellsInBucket - 1
/** Buckets that a key may be in. */
const reach = 32
/** Of a key's second word, and of no use to find its bucket. */
const everybody = 1 << 16
const seedByte = 32
const regionsAt = 2
const pagesAt = 3

/** The second word of the key of a counter for all callers, or for one. */
export function markedHigh(high: number, ofEverybody: boolean): number {
  return ofEverybody ? high | everybody : high & ~everybody
}

export class CounterTable {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer
  readonly cells: Cells
  /** 32 bytes, the same in all threads. */
  readonly seed: Uint8Array
  readonly #regions: number
  readonly #head: Int32Array
  readonly #heads: Int32Array
  readonly #keys: Int32Array

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.seed = new Uint8Array(buffer, seedByte, headBytes - seedByte)
    this.#head = new Int32Array(buffer, 0, 4)
    this.#regions = this.#head[regionsAt]!
    this.cells = new Cells(buffer, headBytes, this.#regions, this.#head[pagesAt]!)
    this.#heads = this.cells.heads
    this.#keys = this.cells.keys
  }

  /** Room for `capacity` counters or somewhat more. Memory is taken as it is used. */
  static make(capacity: number): CounterTable {
    const { regions, ringsInRegion, bytes } = counterMemory(capacity)
    const buffer = new SharedArrayBuffer(bytes)
    const head = new Int32Array(buffer, 0, 4)
    head[regionsAt] = regions
    head[pagesAt] = ringsInRegion
    randomFillSync(new Uint8Array(buffer, seedByte, headBytes - seedByte))
    return new CounterTable(buffer)
  }

  /** The table of another thread. */
  static attach(buffer: SharedArrayBuffer): CounterTable {
    return new CounterTable(buffer)
  }

  /** Cells that hold a counter. */
  get entries(): number {
    return Atomics.load(this.#head, 0)
  }

  /** Counters that were forgotten although they still counted. */
  get evictions(): number {
    return Atomics.load(this.#head, 1)
  }

  /** Takes the lock of the key's region, and returns the key's cell; a new one has counted nothing. `unlock` must follow. */
  lock(low: number, high: number, now: number): number {
    const region = this.#region(low)
    takeLock(this.#heads, this.cells.lockOf(region))
    const keys = this.#keys
    const step = (high >>> 16) | 1
    let bucket = high & bucketMask
    for (let tried = 0; tried < reach; tried++) {
      const first = (region << regionShift) + bucket * cellsInBucket
      for (let cell = first; cell < first + cellsInBucket; cell++) {
        const word = keys[2 * cell]
        if (word === low && keys[2 * cell + 1] === high) return cell
        if (word === 0 && keys[2 * cell + 1] === 0) return this.#insert(region, low, high, now, tried + 1)
      }
      bucket = (bucket + step) & bucketMask
    }
    return this.#insert(region, low, high, now, reach)
  }

  /** Like `lock` for a cell that `lock` returned before. Returns false, without the lock, when the cell now belongs to another key. */
  relock(cell: number, low: number, high: number): boolean {
    takeLock(this.#heads, this.cells.lockOf(this.#region(low)))
    if (this.#keys[2 * cell] === low && this.#keys[2 * cell + 1] === high) return true
    this.unlock(low)
    return false
  }

  /** The words of the key that a cell counts for, while its set is locked. */
  lowOf(cell: number): number {
    return this.#keys[2 * cell]!
  }

  highOf(cell: number): number {
    return this.#keys[2 * cell + 1]!
  }

  unlock(low: number): void {
    freeLock(this.#heads, this.cells.lockOf(this.#region(low)))
  }

  #region(low: number): number {
    return Math.floor(((low >>> 0) * this.#regions) / 2 ** 32)
  }

  /** Gives the key a cell of its first `buckets`: one that counts no more, or else the one that would end soonest. */
  #insert(region: number, low: number, high: number, now: number, buckets: number): number {
    const step = (high >>> 16) | 1
    let bucket = high & bucketMask
    let chosen = -1
    let soonest = Infinity
    for (let tried = 0; tried < buckets && soonest > now; tried++) {
      const first = (region << regionShift) + bucket * cellsInBucket
      for (let cell = first; cell < first + cellsInBucket; cell++) {
        // A cell that was never used has the end 0, and comes before all others.
        const end = this.cells.end(cell)
        if (end < soonest && (end <= now || (this.#keys[2 * cell + 1]! & everybody) === 0)) {
          soonest = end
          chosen = cell
        }
      }
      bucket = (bucket + step) & bucketMask
    }
    const keys = this.#keys
    // All that could go are everybody's.
    if (chosen === -1) chosen = (region << regionShift) + (high & bucketMask) * cellsInBucket
    if (keys[2 * chosen] === 0 && keys[2 * chosen + 1] === 0) Atomics.add(this.#head, 0, 1)
    else if (soonest > now) Atomics.add(this.#head, 1, 1)
    keys[2 * chosen] = low
    keys[2 * chosen + 1] = high
    this.cells.clear(chosen)
    return chosen
  }
}
