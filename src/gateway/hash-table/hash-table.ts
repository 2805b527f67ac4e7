/**
 * 80-bit hashes with a value of 31 bits each, in memory that threads share: one writes, all look up, and nobody waits.
 *
 * The upper bits of a hash's second word name its shard, a table of a few thousand places which has room to grow where it is. A shard is
 * sorted by the first word, the largest first, and each entry lies at the place that its first word asks for, or as near behind it as
 * there is room. So a search is over as soon as it meets a smaller word, and growing spreads entries without changing their order.
 *
 * An entry is 16 bytes: two words of the hash; half a word of it with 16 tags, which only the writer looks at; the value. 0 as first word
 * is a free place, 0 as value one that is just being written. `ShardWriter` says how entries move under the eyes of readers.
 */
import { entryWords, filterBitsOf, homeOf, placesAt, ShardLayout, versionAt } from './shard-layout.ts'
import { type ChangeEntry, ShardWriter } from './shard-writer.ts'

export class HashTable {
  readonly #layout: ShardLayout
  readonly #words: Int32Array
  readonly #filterBegin: number
  readonly #filterShift: number
  readonly #shift: number
  readonly #stride: number
  readonly #begin: number
  /** Made with the first change: most threads only look. */
  #writer: ShardWriter | null = null

  /** `buffer`: of `make`, perhaps of another thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.#layout = new ShardLayout(buffer)
    this.#words = this.#layout.words
    this.#filterBegin = this.#layout.filterBegin
    this.#filterShift = this.#layout.filterShift
    this.#shift = this.#layout.shift
    this.#stride = this.#layout.stride
    this.#begin = this.#layout.begin
  }

  /** Room for `entries` or somewhat more. Memory is taken as it is used. */
  static make(entries: number): SharedArrayBuffer {
    return ShardLayout.make(entries)
  }

  get entries(): number {
    return this.#layout.entries
  }

  /** Bytes of the memory that is in use. */
  get bytes(): number {
    return this.#layout.bytes
  }

  /**
   * Whether it is there. Two words of the hash, the first not 0, and a third of which the upper 16 bits count.
   *
   * What is there lies in memory that no cache of a processor has, and that one wait is nearly all that a look takes. So it reads without
   * Atomics, which are calls, and is one function: what is behind the wait is little enough that the next look's wait is begun meanwhile. A
   * look while entries move may find nothing, and is then done again by other means. It takes no two of them for a third: all 80 bits must fit.
   */
  has(first: number, second: number, third: number): boolean {
    if (!this.#mayHave(first, second)) return false
    const words = this.#words
    const shard = second >>> this.#shift
    const places = words[this.#layout.headOf(shard) + placesAt]!
    if (places > 0) {
      let at = this.#begin + shard * this.#stride + homeOf(first, places) * entryWords
      while (words[at]! >>> 0 > first >>> 0) at += entryWords
      if (words[at] === first && words[at + 1] === second && ((words[at + 2]! ^ third) & ~0xffff) === 0 && words[at + 3] !== 0) return true
    }
    return this.#findEntry(first, second, third) !== 0
  }

  /** The value, or 0 where there is none. The same words as for `has`. */
  find(first: number, second: number, third: number): number {
    return this.#mayHave(first, second) ? this.#findEntry(first, second, third) : 0
  }

  /**
   * For the writer, of which there may be one. `change` is given the entry, with tags and value 0 where it is not there, and may set both; 0
   * as value takes it away. Returns false where there is no room.
   */
  write(first: number, second: number, third: number, change: ChangeEntry): boolean {
    return this.#writing().write(first, second, third, change)
  }

  /** For the writer: there will be so many entries in all. */
  reserve(entries: number): void {
    this.#writing().reserve(entries)
  }

  /** For the writer: some of the entries may be changed, those of the shard that is `from` and a few more. Returns where to go on, or -1 at the end. */
  walk(from: number, change: ChangeEntry): number {
    return this.#writing().walk(from, change)
  }

  /** For a writer that comes after one that has died, before all else. */
  repair(): void {
    this.#writing().repair()
  }

  #writing(): ShardWriter {
    this.#writer ??= new ShardWriter(this.#layout)
    return this.#writer
  }

  #mayHave(first: number, second: number): boolean {
    const bits = filterBitsOf(first)
    // No need to be atomic: whoever looks has read an epoch that was set after what he must see.
    return (this.#words[this.#filterBegin + (second >>> this.#filterShift)]! & bits) === bits
  }

  #findEntry(first: number, second: number, third: number): number {
    const words = this.#words
    const wanted = first >>> 0
    const shard = second >>> this.#shift
    const head = this.#layout.headOf(shard)
    const begin = this.#begin + shard * this.#stride
    for (;;) {
      const version = Atomics.load(words, head + versionAt)
      const places = Atomics.load(words, head + placesAt)
      if (places < 0) {
        const value = this.#findAnywhere(begin, first, second, third)
        if (value !== 0) return value
      } else {
        let at = begin + homeOf(first, places) * entryWords
        for (let known = this.#firstAt(at); known >= wanted; known = this.#firstAt(at)) {
          const value = known === wanted ? this.#valueAt(at, first, second, third) : 0
          if (value !== 0) return value
          at += entryWords
        }
      }
      if (Atomics.load(words, head + versionAt) === version) return 0
    }
  }

  #firstAt(at: number): number {
    return Atomics.load(this.#words, at) >>> 0
  }

  /** In a shard that is being spread, in the direction in which entries go. */
  #findAnywhere(begin: number, first: number, second: number, third: number): number {
    const wanted = first >>> 0
    for (let at = begin; at < begin + this.#stride; at += entryWords) {
      if (this.#firstAt(at) !== wanted) continue
      const value = this.#valueAt(at, first, second, third)
      if (value !== 0) return value
    }
    return 0
  }

  /** 0 where it is another entry, or none. What is between two looks at the same value belongs to it. */
  #valueAt(at: number, first: number, second: number, third: number): number {
    const words = this.#words
    for (;;) {
      const value = Atomics.load(words, at + 3)
      if (value === 0 || Atomics.load(words, at + 1) !== second) return 0
      if (((Atomics.load(words, at + 2) ^ third) & ~0xffff) !== 0 || Atomics.load(words, at) !== first) return 0
      if (Atomics.load(words, at + 3) === value) return value
    }
  }
}
