/**
 * The one writer of a table. Entries move one at a time, and an entry is whole in its old place until it is whole in its new one, so that
 * a reader who goes through a shard sees every entry at least once:
 *
 * - Where one is put in, those behind it go one place further, the last one first: away from whoever reads.
 * - Where one is taken out, those behind it come one place nearer, the first one first, and a reader could miss one. So each step is another
 *   version, and a reader who found nothing looks again where the version has changed.
 * - Where a shard grows, all go further, the last one first, and readers look everywhere meanwhile.
 *
 * A writer may die between any two words: at worst, one entry is there twice, or one place is half written, until `repair`.
 */
import {
  entriesAt,
  entryWords,
  filterBitsOf,
  fullAt,
  goalAt,
  homeOf,
  placesAt,
  type ShardLayout,
  takenAt,
  versionAt,
} from './shard-layout.ts'

/** An entry as it is changed. */
export type TableEntry = {
  readonly first: number
  readonly second: number
  /** The upper 16 bits; the others are 0. */
  readonly third: number
  tags: number
  value: number
}

export type ChangeEntry = (entry: TableEntry) => void

type Writable = { -readonly [Key in keyof TableEntry]: TableEntry[Key] }

/** Shards that one call walks through: some ten thousand entries where they are full. */
const shardsAtOnce = 2

/** Of 1, how much of a shard may be taken when it can grow no more. */
const mostFull = 0.92

export class ShardWriter {
  readonly #layout: ShardLayout
  readonly #words: Int32Array
  readonly #firsts: Uint32Array
  /** The one that is shown to whoever changes it: it is used again. */
  readonly #entry: Writable = { first: 0, second: 0, third: 0, tags: 0, value: 0 }
  /** For growing: entries in their order, and where they go. */
  readonly #entries: Int32Array
  readonly #targets: Int32Array
  /** 1 for shards of which something was taken out that the filter still knows. */
  readonly #lost: Uint8Array
  /** What the filter is to be, of one shard. */
  readonly #filter: Int32Array

  constructor(layout: ShardLayout) {
    this.#layout = layout
    this.#words = layout.words
    this.#firsts = new Uint32Array(layout.words.buffer)
    this.#entries = new Int32Array(layout.stride)
    this.#targets = new Int32Array(layout.stride / entryWords)
    this.#lost = new Uint8Array(layout.shards)
    this.#filter = new Int32Array(layout.filterStride)
  }

  write(first: number, second: number, third: number, change: ChangeEntry): boolean {
    const shard = second >>> this.#layout.shift
    const entry = this.#entry
    const at = this.#locate(shard, first, second, third)
    if (at !== -1) {
      this.#change(shard, at, change)
      return true
    }
    entry.first = first
    entry.second = second
    entry.third = third & ~0xffff
    entry.tags = 0
    entry.value = 0
    change(entry)
    return entry.value === 0 || this.#insert(shard, entry)
  }

  reserve(entries: number): void {
    const { shards } = this.#layout
    const places = this.#layout.placesFor(entries / shards)
    for (let shard = 0; shard < shards; shard++) {
      if (places > this.#words[this.#layout.headOf(shard) + placesAt]!) this.#spread(shard, places)
    }
  }

  walk(from: number, change: ChangeEntry): number {
    const end = Math.min(from + shardsAtOnce, this.#layout.shards)
    for (let shard = from; shard < end; shard++) this.#walkShard(shard, change)
    return end === this.#layout.shards ? -1 : end
  }

  repair(): void {
    let entries = 0
    for (let shard = 0; shard < this.#layout.shards; shard++) {
      const head = this.#layout.headOf(shard)
      if (this.#words[head + placesAt]! < 0) this.#spread(shard, this.#words[head + goalAt]!)
      else this.#mend(shard)
      entries += this.#words[head + takenAt]!
      this.#lost[shard] = 1
    }
    Atomics.store(this.#words, entriesAt, entries)
  }

  /** -1 where it is not. */
  #locate(shard: number, first: number, second: number, third: number): number {
    const words = this.#words
    const wanted = first >>> 0
    for (let at = this.#homeAt(shard, first); this.#firsts[at]! >= wanted; at += entryWords) {
      if (words[at] === first && words[at + 1] === second && ((words[at + 2]! ^ third) & ~0xffff) === 0) return at
    }
    return -1
  }

  #walkShard(shard: number, change: ChangeEntry): void {
    const { stride } = this.#layout
    const begin = this.#layout.beginOf(shard)
    const places = this.#words[this.#layout.headOf(shard) + placesAt]!
    if (places === 0) return
    // Entries are pushed beyond the places that hashes ask for, without a gap.
    let at = begin + places * entryWords
    while (at < begin + stride && this.#words[at] !== 0) at += entryWords
    // Backwards: where one is taken out, those that come nearer have been seen.
    for (at -= entryWords; at >= begin; at -= entryWords) {
      if (this.#words[at] !== 0) this.#change(shard, at, change)
    }
    if (this.#lost[shard] === 1) this.#sift(shard)
  }

  /** Makes the filter anew from the entries that there are. Of these all bits stay set meanwhile. */
  #sift(shard: number): void {
    const { filterBegin, filterShift, filterStride, stride } = this.#layout
    const begin = this.#layout.beginOf(shard)
    const from = shard * filterStride
    this.#filter.fill(0)
    for (let at = begin; at < begin + stride; at += entryWords) {
      const first = this.#words[at]!
      if (first !== 0) this.#filter[(this.#words[at + 1]! >>> filterShift) - from]! |= filterBitsOf(first)
    }
    for (let index = 0; index < filterStride; index++) Atomics.store(this.#words, filterBegin + from + index, this.#filter[index]!)
    this.#lost[shard] = 0
  }

  /** What is there, as `change` wants it to be. */
  #change(shard: number, at: number, change: ChangeEntry): void {
    const words = this.#words
    const entry = this.#entry
    const third = words[at + 2]!
    const value = words[at + 3]!
    entry.first = words[at]!
    entry.second = words[at + 1]!
    entry.third = third & ~0xffff
    entry.tags = third & 0xffff
    entry.value = value
    change(entry)
    if (entry.value === 0) return this.#takeOut(shard, at)
    if (entry.tags !== (third & 0xffff)) Atomics.store(words, at + 2, (third & ~0xffff) | entry.tags)
    if (entry.value !== value) Atomics.store(words, at + 3, entry.value)
  }

  #insert(shard: number, entry: TableEntry): boolean {
    const words = this.#words
    const head = this.#layout.headOf(shard)
    const { mostPlaces } = this.#layout
    if (words[head + takenAt]! >= words[head + placesAt]! * fullAt) this.#grow(shard)
    for (;;) {
      const places = words[head + placesAt]!
      if (places === mostPlaces && words[head + takenAt]! >= places * mostFull) return false
      let at = this.#homeAt(shard, entry.first)
      while (this.#firsts[at]! > entry.first >>> 0) at += entryWords
      let free = at
      while (words[free] !== 0) free += entryWords
      // The last place of a shard stays free: searches end there.
      if (free < this.#layout.beginOf(shard) + this.#layout.stride - entryWords) {
        Atomics.or(words, this.#layout.filterBegin + (entry.second >>> this.#layout.filterShift), filterBitsOf(entry.first))
        for (let to = free; to > at; to -= entryWords) this.#copy(to - entryWords, to)
        this.#put(at, entry.first, entry.second, entry.third | entry.tags, entry.value)
        words[head + takenAt]!++
        Atomics.add(words, entriesAt, 1)
        return true
      }
      if (places === mostPlaces) return false
      this.#grow(shard)
    }
  }

  #takeOut(shard: number, at: number): void {
    const words = this.#words
    const head = this.#layout.headOf(shard)
    const begin = this.#layout.beginOf(shard)
    const places = words[head + placesAt]!
    let free = at
    for (let next = at + entryWords; words[next] !== 0; next += entryWords) {
      if (begin + homeOf(words[next]!, places) * entryWords === next) break
      this.#copy(next, free)
      this.#advance(head)
      free = next
    }
    this.#clear(free)
    this.#lost[shard] = 1
    words[head + takenAt]!--
    Atomics.sub(words, entriesAt, 1)
  }

  #grow(shard: number): void {
    const places = this.#words[this.#layout.headOf(shard) + placesAt]!
    const more = this.#layout.placesAfter(places)
    if (more > places) this.#spread(shard, more)
  }

  /** Over more places than there were. */
  #spread(shard: number, places: number): void {
    const words = this.#words
    const head = this.#layout.headOf(shard)
    const begin = this.#layout.beginOf(shard)
    const before = words[head + placesAt]!
    Atomics.store(words, head + goalAt, places)
    if (before > 0) Atomics.store(words, head + placesAt, -before)
    this.#advance(head)
    const collected = this.#collect(begin)
    // A negative number of places: another writer died over the same work, and entries can be there twice.
    const count = before < 0 ? this.#sortOnce(collected) : collected
    let free = 0
    for (let index = 0; index < count; index++) {
      const target = Math.max(free, homeOf(this.#entries[index * entryWords]!, places))
      this.#targets[index] = begin + target * entryWords
      free = target + 1
    }
    for (let index = count - 1; index >= 0; index--) {
      const from = index * entryWords
      const to = this.#targets[index]!
      if (words[to] === this.#entries[from] && words[to + 1] === this.#entries[from + 1] && words[to + 3] === this.#entries[from + 3])
        continue
      this.#put(to, this.#entries[from]!, this.#entries[from + 1]!, this.#entries[from + 2]!, this.#entries[from + 3]!)
    }
    // What is left between the targets is there a second time.
    let target = 0
    for (let at = begin; at < begin + this.#layout.stride; at += entryWords) {
      if (target < count && this.#targets[target] === at) target++
      else if (words[at] !== 0) this.#clear(at)
    }
    words[head + takenAt] = count
    Atomics.store(words, head + placesAt, places)
    this.#advance(head)
  }

  /** Copies the entries of a shard, in the order in which they lie. Returns how many there are. */
  #collect(begin: number): number {
    const words = this.#words
    let count = 0
    for (let at = begin; at < begin + this.#layout.stride; at += entryWords) {
      if (words[at] === 0 || words[at + 3] === 0) continue
      this.#entries.set(words.subarray(at, at + entryWords), count * entryWords)
      count++
    }
    return count
  }

  /** Puts what was collected into the order of the table, each entry once. Returns how many are left. */
  #sortOnce(collected: number): number {
    const entries = Array.from({ length: collected }, (_, index) => this.#entries.slice(index * entryWords, (index + 1) * entryWords))
    entries.sort((a, b) => (b[0]! >>> 0) - (a[0]! >>> 0) || a[1]! - b[1]! || a[2]! - b[2]!)
    const once = entries.filter((entry, index) => index === 0 || entry.some((word, at) => word !== entries[index - 1]![at]))
    for (const [index, entry] of once.entries()) this.#entries.set(entry, index * entryWords)
    return once.length
  }

  /** Takes out what is half written or there twice, and counts. */
  #mend(shard: number): void {
    const words = this.#words
    const begin = this.#layout.beginOf(shard)
    const end = begin + this.#layout.stride
    const head = this.#layout.headOf(shard)
    for (let at = begin; at < end; at += entryWords) {
      while (words[at] !== 0 && (words[at + 3] === 0 || this.#locate(shard, words[at]!, words[at + 1]!, words[at + 2]!) !== at)) {
        this.#takeOut(shard, at)
      }
    }
    let taken = 0
    for (let at = begin; at < end; at += entryWords) if (words[at] !== 0) taken++
    words[head + takenAt] = taken
  }

  #homeAt(shard: number, first: number): number {
    const places = this.#words[this.#layout.headOf(shard) + placesAt]!
    return this.#layout.beginOf(shard) + homeOf(first, places) * entryWords
  }

  #copy(from: number, to: number): void {
    const words = this.#words
    this.#put(to, words[from]!, words[from + 1]!, words[from + 2]!, words[from + 3]!)
  }

  /** Whoever reads sees what was there, nothing, or what is there now. */
  #put(at: number, first: number, second: number, third: number, value: number): void {
    const words = this.#words
    Atomics.store(words, at + 3, 0)
    Atomics.store(words, at, first)
    Atomics.store(words, at + 1, second)
    Atomics.store(words, at + 2, third)
    Atomics.store(words, at + 3, value)
  }

  #clear(at: number): void {
    Atomics.store(this.#words, at + 3, 0)
    Atomics.store(this.#words, at, 0)
  }

  #advance(head: number): void {
    Atomics.add(this.#words, head + versionAt, 1)
  }
}
