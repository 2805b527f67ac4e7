/**
 * How many places are taken under each key, in shared memory: exact over all threads. Buckets of eight keys, each under its own lock. Of each
 * key it is also kept how many places each thread has, so that those of a thread that died can be given back.
 *
 * The buffer: 32 bytes of seed, a lock for each bucket, then for each entry the two words of its key, all its places, and those of each thread.
 */
import { randomFillSync } from 'node:crypto'
import { freeLock, takeLock } from '../spin-lock.ts'

const inBucket = 8
const buckets = 4_096
const seedBytes = 32
/** Words of an entry before those of the threads. */
const head = 3

export class PlaceTable {
  /** The same in all threads. */
  readonly seed: Uint8Array
  readonly #words: Int32Array
  readonly #entryWords: number
  readonly #own: number

  /** `buffer`: of `make`, for the same number of threads. */
  constructor(buffer: SharedArrayBuffer, { index, count }: { readonly index: number; readonly count: number }) {
    this.seed = new Uint8Array(buffer, 0, seedBytes)
    this.#words = new Int32Array(buffer, seedBytes)
    this.#entryWords = head + count
    this.#own = head + index
  }

  static make(threads: number): SharedArrayBuffer {
    const words = buckets + buckets * inBucket * (head + threads)
    const buffer = new SharedArrayBuffer(seedBytes + words * Int32Array.BYTES_PER_ELEMENT)
    randomFillSync(new Uint8Array(buffer, 0, seedBytes))
    return buffer
  }

  /** Returns what `free` is to be given, or -1 where `most` places are taken, or there is no room to count another key. */
  take(low: number, high: number, most: number): number {
    const bucket = low & (buckets - 1)
    takeLock(this.#words, bucket)
    const entry = this.#find(bucket, low, high)
    const taken = entry === -1 ? most : this.#words[entry + 2]!
    if (taken < most) {
      this.#words[entry + 2] = taken + 1
      this.#words[entry + this.#own]!++
    }
    freeLock(this.#words, bucket)
    return taken < most ? entry : -1
  }

  /** Gives back a place of this thread. */
  free(entry: number): void {
    const bucket = Math.floor((entry - buckets) / (inBucket * this.#entryWords))
    takeLock(this.#words, bucket)
    this.#words[entry + 2]!--
    this.#words[entry + this.#own]!--
    freeLock(this.#words, bucket)
  }

  /** Gives back all places that a thread had which was in this one's place before. */
  freeAll(): void {
    for (let bucket = 0; bucket < buckets; bucket++) {
      takeLock(this.#words, bucket)
      for (let slot = 0; slot < inBucket; slot++) {
        const entry = this.#entry(bucket, slot)
        this.#words[entry + 2]! -= this.#words[entry + this.#own]!
        this.#words[entry + this.#own] = 0
      }
      freeLock(this.#words, bucket)
    }
  }

  /** The key's entry, or one that is free; -1 where others have them all. */
  #find(bucket: number, low: number, high: number): number {
    let free = -1
    for (let slot = 0; slot < inBucket; slot++) {
      const entry = this.#entry(bucket, slot)
      // The indexes are within the buffer.
      if (this.#words[entry] === low && this.#words[entry + 1] === high) return entry
      if (free === -1 && this.#words[entry + 2] === 0) free = entry
    }
    if (free === -1) return -1
    this.#words[free] = low
    this.#words[free + 1] = high
    return free
  }

  #entry(bucket: number, slot: number): number {
    return buckets + (bucket * inBucket + slot) * this.#entryWords
  }
}
