/** What all threads know of a Traffic Manager besides its decisions: the key of their hashes, the epoch, and whether it is heard. */
import { randomFillSync } from 'node:crypto'

const seedBytes = 32
const epochAt = 0
const heardAt = 1
const fullAt = 2
const words = 4

/** Milliseconds: 31 bits of them last for 17 years. */
const unit = 250
const never = -(2 ** 31)

export class Hearing {
  readonly seed: Uint8Array
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.seed = new Uint8Array(buffer, 0, seedBytes)
    this.#words = new Int32Array(buffer, seedBytes, words)
  }

  static make(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(seedBytes + words * Int32Array.BYTES_PER_ELEMENT)
    const hearing = new Hearing(buffer)
    randomFillSync(hearing.seed)
    hearing.lost()
    return buffer
  }

  /** Differs from what it was before whenever something was decided. */
  get epoch(): number {
    return Atomics.load(this.#words, epochAt)
  }

  advance(): void {
    Atomics.add(this.#words, epochAt, 1)
  }

  /** Everything is known that was said until this time: monotonic milliseconds. */
  heard(time: number): void {
    Atomics.store(this.#words, heardAt, Math.floor(time / unit))
  }

  lost(): void {
    Atomics.store(this.#words, heardAt, never)
  }

  /** Milliseconds for which it has not been heard; infinite where it is known to be away. */
  silence(now: number): number {
    const time = Atomics.load(this.#words, heardAt)
    return time === never ? Number.POSITIVE_INFINITY : now - time * unit
  }

  /** A decision found no room, so that not all of them are known. */
  get full(): boolean {
    return Atomics.load(this.#words, fullAt) === 1
  }

  set full(full: boolean) {
    Atomics.store(this.#words, fullAt, full ? 1 : 0)
  }
}
