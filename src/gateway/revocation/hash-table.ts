/**
 * 80-bit hashes with a value of 31 bits each, in memory that threads share: one writes, all look up, and nobody waits. Open addressing with
 * linear probing, in segments: one that is three quarters full is followed by another one, so that growing moves nothing.
 *
 * An entry is 16 bytes: two words of the hash; half a word of it with 16 tags, which only the writer looks at; the value. 0 in the first
 * word is a place that was never taken, 0 as value one whose entry is gone.
 *
 * The writer sets the value last and takes it away first; a reader looks at the value first and at the hash again after it. So it sees an
 * entry whole or not at all. A writer may die between any two words.
 */

/** Words of an entry. */
const entryWords = 4

/** The head: how many segments there are, and how many entries with a value; then three words for each segment. */
const segmentsAt = 0
const entriesAt = 1
const segmentTableAt = 16
const segmentWords = 3
const maximumSegments = 80
const headWords = segmentTableAt + maximumSegments * segmentWords

/** Places of the first segment, and of the smallest. */
const smallestSegment = 2 ** 14

/** Of 1, how much of a segment may be taken: a look-up for what is not there ends at a free place. */
const fullAt = 0.75

export type Hash = { readonly first: number; readonly second: number; readonly third: number }

export class HashTable {
  readonly #words: Int32Array
  readonly #capacity: number

  /** `buffer`: of `make`, perhaps of another thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer)
    this.#capacity = (this.#words.length - headWords) / entryWords
  }

  /** Room for `entries` or somewhat more. Memory is taken as it is used. */
  static make(entries: number): SharedArrayBuffer {
    const places = Math.ceil(entries / fullAt) + smallestSegment
    return new SharedArrayBuffer((headWords + places * entryWords) * Int32Array.BYTES_PER_ELEMENT)
  }

  get entries(): number {
    return Atomics.load(this.#words, entriesAt)
  }

  /** Bytes that the segments take. */
  get bytes(): number {
    return this.#places * entryWords * Int32Array.BYTES_PER_ELEMENT
  }

  /** The value, or 0 where there is none. Two words of the hash, and a third of which the upper 16 bits count. */
  find(first: number, second: number, third: number): number {
    const words = this.#words
    const segments = Atomics.load(words, segmentsAt)
    for (let segment = 0; segment < segments; segment++) {
      const start = words[segmentTableAt + segment * segmentWords]!
      const places = words[segmentTableAt + segment * segmentWords + 1]!
      for (let place = placeOf(first, places); ; place = place + 1 === places ? 0 : place + 1) {
        const at = start + place * entryWords
        // No need to be atomic: whoever looks has read an epoch that was set after what he must see.
        const word = words[at]!
        if (word === 0) break
        if (word !== first) continue
        const value = Atomics.load(words, at + 3)
        if (value !== 0 && this.#holds(at, first, second, third)) return value
      }
    }
    return 0
  }

  /**
   * For the writer. `decide` is given tags and value as they are, both 0 for what is not there, and the place where it may set others.
   * Returns false where there is no room.
   */
  write(first: number, second: number, third: number, change: (tags: number, value: number) => TaggedValue): boolean {
    const known = this.#locate(first, second, third)
    if (known !== -1) {
      const words = this.#words
      const before = Atomics.load(words, known + 3)
      const { tags, value } = change(words[known + 2]! & 0xffff, before)
      this.#set(known, third, tags, value, before)
      return true
    }
    const { tags, value } = change(0, 0)
    if (value === 0) return true
    const at = this.#freePlace(first)
    if (at === -1) return false
    Atomics.store(this.#words, at, first)
    Atomics.store(this.#words, at + 1, second)
    this.#set(at, third, tags, value, 0)
    return true
  }

  /** Makes one segment of the room that is missing for so many entries in all, where that is known beforehand. */
  reserve(entries: number): void {
    const wanted = Math.ceil(entries / fullAt) - this.#places
    if (wanted > smallestSegment) this.#addSegment(wanted)
  }

  /**
   * For the writer: goes through the places from `from`, `count` of them, and changes what is there. Returns where to go on, or -1 at the
   * end. Places at the end of a run of taken ones whose entries are gone are free again.
   */
  walk(from: number, count: number, change: (tags: number, value: number) => TaggedValue): number {
    const words = this.#words
    let index = from
    let skipped = 0
    for (let segment = 0; segment < words[segmentsAt]!; segment++) {
      const table = segmentTableAt + segment * segmentWords
      const [start, places] = [words[table]!, words[table + 1]!]
      // Backwards, so that one pass frees a whole run.
      for (let place = places - 1 - (index - skipped); place >= 0; place--) {
        if (index === from + count) return index
        const at = start + place * entryWords
        if (words[at] !== 0) this.#visit(at, start + ((place + 1) % places) * entryWords, table, change)
        index++
      }
      skipped += places
    }
    return -1
  }

  get #places(): number {
    const words = this.#words
    let places = 0
    for (let segment = 0; segment < words[segmentsAt]!; segment++) places += words[segmentTableAt + segment * segmentWords + 1]!
    return places
  }

  #visit(at: number, next: number, table: number, change: (tags: number, value: number) => TaggedValue): void {
    const words = this.#words
    const before = words[at + 3]!
    if (before !== 0) {
      const { tags, value } = change(words[at + 2]! & 0xffff, before)
      this.#set(at, words[at + 2]!, tags, value, before)
    }
    if (words[at + 3] !== 0 || words[next] !== 0) return
    Atomics.store(words, at, 0)
    words[table + 2]!--
  }

  #set(at: number, third: number, tags: number, value: number, before: number): void {
    const words = this.#words
    Atomics.store(words, at + 2, (third & ~0xffff) | tags)
    Atomics.store(words, at + 3, value)
    if ((before === 0) !== (value === 0)) Atomics.add(words, entriesAt, value === 0 ? -1 : 1)
  }

  #holds(at: number, first: number, second: number, third: number): boolean {
    const words = this.#words
    return (
      Atomics.load(words, at + 1) === second && ((Atomics.load(words, at + 2) ^ third) & ~0xffff) === 0 && Atomics.load(words, at) === first
    )
  }

  /** Where the entry is, or was and can be again; -1 where it never was. */
  #locate(first: number, second: number, third: number): number {
    const words = this.#words
    for (let segment = 0; segment < words[segmentsAt]!; segment++) {
      const at = this.#probe(segment, first, (each) => this.#holds(each, first, second, third))
      if (words[at] !== 0) return at
    }
    return -1
  }

  #freePlace(first: number): number {
    const words = this.#words
    for (let segment = 0; segment < words[segmentsAt]!; segment++) {
      const at = this.#probe(segment, first, (each) => words[each + 3] === 0)
      if (words[at] !== 0) return at
      if (this.#take(segment)) return at
    }
    const grown = Math.max(smallestSegment, this.#places)
    if (!this.#addSegment(grown)) return -1
    const segment = words[segmentsAt]! - 1
    this.#take(segment)
    return this.#probe(segment, first, () => false)
  }

  /** The first place from the hash's own that will do, or is free. */
  #probe(segment: number, first: number, willDo: (at: number) => boolean): number {
    const words = this.#words
    const start = words[segmentTableAt + segment * segmentWords]!
    const places = words[segmentTableAt + segment * segmentWords + 1]!
    let place = placeOf(first, places)
    for (;;) {
      const at = start + place * entryWords
      if (words[at] === 0 || willDo(at)) return at
      place = place + 1 === places ? 0 : place + 1
    }
  }

  /** A free place more is to be taken; false where the segment is full. */
  #take(segment: number): boolean {
    const words = this.#words
    const table = segmentTableAt + segment * segmentWords
    if (words[table + 2]! + 1 > words[table + 1]! * fullAt) return false
    words[table + 2]!++
    return true
  }

  #addSegment(wanted: number): boolean {
    const words = this.#words
    const segments = words[segmentsAt]!
    const places = this.#places
    const left = this.#capacity - places
    if (left < 4 || segments === maximumSegments) return false
    const table = segmentTableAt + segments * segmentWords
    words[table] = headWords + places * entryWords
    words[table + 1] = Math.min(wanted, left)
    words[table + 2] = 0
    Atomics.store(words, segmentsAt, segments + 1)
    return true
  }
}

export type TaggedValue = { readonly tags: number; readonly value: number }

/** Where the search for a hash begins. */
function placeOf(first: number, places: number): number {
  return Math.floor(((first >>> 0) / 4_294_967_296) * places)
}
