/**
 * What all threads know of revocation besides the entries: the key of the hashes, the epoch, and how fresh the knowledge is. One thread
 * writes it; only the epoch is moved by each that has revoked something.
 */
import { randomFillSync } from 'node:crypto'

const seedBytes = 32
const epochAt = 0
const fullAt = 1
const headBytes = seedBytes + 32

/** Sources that can be told apart. */
export const maximumSources = 8

const countsBytes = maximumSources * Int32Array.BYTES_PER_ELEMENT

/** Milliseconds: 31 bits of them last for 17 years. */
const unit = 250

/** A time that no feed has. */
const never = -(2 ** 31)

/** Kept within what V8 holds without allocating. */
const epochMask = 0x3fffffff

export class RevocationState {
  readonly seed: Uint8Array
  readonly #words: Int32Array
  /** How many entries each source has. */
  readonly #counts: Int32Array
  /** When each feed last knew everything, in quarters of a second of monotonic time, which may be before the process began. */
  readonly #fresh: Int32Array

  /** `buffer`: of `make`, perhaps of another thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.seed = new Uint8Array(buffer, 0, seedBytes)
    this.#words = new Int32Array(buffer, seedBytes, 8)
    this.#counts = new Int32Array(buffer, headBytes, maximumSources)
    this.#fresh = new Int32Array(buffer, headBytes + countsBytes)
  }

  /** `seed`: the key of the hashes; `null` for a new one. */
  static make(feeds: number, seed: Uint8Array | null = null): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(headBytes + countsBytes + feeds * Int32Array.BYTES_PER_ELEMENT)
    const state = new RevocationState(buffer)
    if (seed === null) randomFillSync(state.seed)
    else state.seed.set(seed)
    state.#words[epochAt] = 1
    state.#fresh.fill(never)
    return buffer
  }

  /** Differs from what it was before whenever an entry has come or gone. */
  get epoch(): number {
    return Atomics.load(this.#words, epochAt) & epochMask
  }

  /** For a writer, after the change. */
  advance(): void {
    Atomics.add(this.#words, epochAt, 1)
  }

  /** An entry of some source found no room: nobody knows all that is revoked. */
  get full(): boolean {
    return Atomics.load(this.#words, fullAt) !== 0
  }

  /** Whether one of its entries did. */
  lacksRoom(source: number): boolean {
    return (Atomics.load(this.#words, fullAt) & (1 << source)) !== 0
  }

  /** For a writer: an entry of the source found no room. */
  setFull(source: number): void {
    Atomics.or(this.#words, fullAt, 1 << source)
  }

  /** For the writer: everything that the source has found room. */
  setWhole(source: number): void {
    Atomics.and(this.#words, fullAt, ~(1 << source))
  }

  /** For the writer: a source has so many more entries, or fewer. */
  count(source: number, more: number): void {
    Atomics.add(this.#counts, source, more)
  }

  entriesOf(source: number): number {
    return Atomics.load(this.#counts, source)
  }

  /** A feed knew at `time`, in monotonic milliseconds, all that its source did. */
  confirm(feed: number, time: number): void {
    Atomics.store(this.#fresh, feed, Math.floor(time / unit))
  }

  /** Whether every feed has had a full state once. */
  get complete(): boolean {
    return this.#fresh.every((_, feed) => Atomics.load(this.#fresh, feed) !== never)
  }

  /** Milliseconds for which the oldest feed has known nothing for certain; 0 where there are no feeds. */
  ageAt(now: number): number {
    let age = 0
    for (let feed = 0; feed < this.#fresh.length; feed++) age = Math.max(age, this.ageOf(feed, now))
    return age
  }

  /** The same of one feed; infinite before its first full state. */
  ageOf(feed: number, now: number): number {
    const time = Atomics.load(this.#fresh, feed)
    return time !== never ? now - time * unit : Number.POSITIVE_INFINITY
  }
}
