/**
 * A bounded table of counters in shared memory: sets of eight cells, each set under its own lock, so that threads count together and
 * seldom meet. A key is a 64-bit keyed hash that a caller can neither choose nor learn. Where a set is full, the cell goes whose memory
 * would have ended soonest: a limit is never skipped for want of room.
 *
 * The buffer: 64 bytes of head (entries, evictions, the seed of the hash), a lock for each set, the keys set by set, the cells.
 */
import { randomFillSync } from 'node:crypto'
import { Cells, cellBytes, endAt, float64Shift } from './cells.ts'

const cellsInSet = 8
/** Two words for each cell: a set's keys are one cache line. */
const keyWords = 16
const headBytes = 64
const seedByte = 32

/** Attempts to take a lock before the thread sleeps, and milliseconds that a lock can be held by a thread that has died. */
const spins = 200
const deadline = 2_000

export class CounterTable {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer
  readonly cells: Cells
  /** 32 bytes, the same in all threads. */
  readonly seed: Uint8Array
  readonly #setMask: number
  readonly #head: Int32Array
  readonly #locks: Int32Array
  readonly #keys: Int32Array

  private constructor(buffer: SharedArrayBuffer, sets: number) {
    const { keysByte, cellsByte } = layout(sets)
    this.buffer = buffer
    this.#setMask = sets - 1
    this.seed = new Uint8Array(buffer, seedByte, headBytes - seedByte)
    this.#head = new Int32Array(buffer, 0, 2)
    this.#locks = new Int32Array(buffer, headBytes, sets)
    this.#keys = new Int32Array(buffer, keysByte, sets * keyWords)
    this.cells = new Cells(buffer, cellsByte, sets * cellsInSet)
  }

  /** Room for `capacity` counters or somewhat more. Memory is taken as it is used. */
  static make(capacity: number): CounterTable {
    const sets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity / cellsInSet)))
    const table = new CounterTable(new SharedArrayBuffer(layout(sets).bytes), sets)
    randomFillSync(table.seed)
    return table
  }

  /** The table of another thread. */
  static attach(buffer: SharedArrayBuffer): CounterTable {
    let sets = 1
    while (layout(sets).bytes < buffer.byteLength) sets *= 2
    return new CounterTable(buffer, sets)
  }

  /** Cells that hold a counter. */
  get entries(): number {
    return Atomics.load(this.#head, 0)
  }

  /** Counters that were forgotten although they still counted. */
  get evictions(): number {
    return Atomics.load(this.#head, 1)
  }

  /** Takes the lock of the key's set, and returns the key's cell; a new one has counted nothing. `unlock` must follow. */
  lock(low: number, high: number, now: number): number {
    const set = low & this.#setMask
    if (Atomics.compareExchange(this.#locks, set, 0, 1) !== 0) this.#wait(set)
    const first = set * keyWords
    for (let slot = 0; slot < cellsInSet; slot++) {
      if (this.#keys[first + 2 * slot] === low && this.#keys[first + 2 * slot + 1] === high) return set * cellsInSet + slot
    }
    return this.#insert(set, low, high, now)
  }

  /** Like `lock` for a cell that `lock` returned before. Returns false, without the lock, when the cell now belongs to another key. */
  relock(cell: number, low: number, high: number): boolean {
    const set = low & this.#setMask
    if (Atomics.compareExchange(this.#locks, set, 0, 1) !== 0) this.#wait(set)
    if (this.#keys[2 * cell] === low && this.#keys[2 * cell + 1] === high) return true
    this.unlock(low)
    return false
  }

  unlock(low: number): void {
    Atomics.store(this.#locks, low & this.#setMask, 0)
  }

  #insert(set: number, low: number, high: number, now: number): number {
    const { float64 } = this.cells
    let chosen = set * cellsInSet
    let soonest = Infinity
    for (let cell = chosen; cell < (set + 1) * cellsInSet; cell++) {
      // An empty cell has the end 0, and comes before all others.
      const end = float64[(cell << float64Shift) + endAt]!
      if (end < soonest) {
        soonest = end
        chosen = cell
      }
    }
    if (this.#keys[2 * chosen] === 0 && this.#keys[2 * chosen + 1] === 0) Atomics.add(this.#head, 0, 1)
    else if (soonest > now) Atomics.add(this.#head, 1, 1)
    this.#keys[2 * chosen] = low
    this.#keys[2 * chosen + 1] = high
    this.cells.clear(chosen)
    return chosen
  }

  #wait(set: number): void {
    for (let spin = 0; spin < spins; spin++) {
      if (Atomics.compareExchange(this.#locks, set, 0, 1) === 0) return
    }
    for (let waited = 0; waited < deadline; waited++) {
      Atomics.wait(this.#locks, set, 1, 1)
      if (Atomics.compareExchange(this.#locks, set, 0, 1) === 0) return
    }
    // Whoever held the lock is gone: a lock is held for less than a microsecond. It is ours now.
  }
}

function layout(sets: number): { readonly keysByte: number; readonly cellsByte: number; readonly bytes: number } {
  const keysByte = headBytes + Math.ceil((sets * Int32Array.BYTES_PER_ELEMENT) / 64) * 64
  const cellsByte = keysByte + sets * keyWords * Int32Array.BYTES_PER_ELEMENT
  return { keysByte, cellsByte, bytes: cellsByte + sets * cellsInSet * cellBytes }
}
