/**
 * Where in its memory a table keeps what: a head with counts, a few words for each shard, the filter, and then the shards, one after the
 * other, each with room for all that it may ever have to hold. A page that was never used takes no memory.
 */

/** Words of an entry. */
export const entryWords = 4

/** Of the head: entries; places of a shard with its room; bits of a hash's second word that say nothing of its shard, and of its filter word. */
export const entriesAt = 0
const strideAt = 1
const shiftAt = 2
const filterShiftAt = 3
const shardsAt = 16

/**
 * Words of the head for each shard. The version differs whenever entries may have moved towards the beginning, or all of them; places are
 * those that hashes ask for, negative while entries are being spread over more of them, as many as the last word says; taken are those with
 * an entry.
 */
export const shardWords = 4
export const versionAt = 0
export const placesAt = 1
export const takenAt = 2
export const goalAt = 3

/** Places in a page of memory (4 KiB), and those behind the last one that hashes ask for: entries are pushed there, and one stays free. */
export const pagePlaces = 256
const spare = 64

/** Entries of a shard when the table is full. More would make spreading them longer, fewer would waste more of their last pages. */
const fullShard = 4096

/** Of 1, how much of a shard may be taken before it grows. */
export const fullAt = 0.85

/** Entries for each word of the filter when the table is full, before that is rounded to a power of two. */
const filterWordEntries = 4

/** Standard deviations by which a shard may be fuller than the others. */
const deviations = 6

export class ShardLayout {
  readonly words: Int32Array
  readonly shards: number
  readonly shift: number
  readonly filterShift: number
  /** Where the filter begins, and how many words of it are of one shard. */
  readonly filterBegin: number
  readonly filterStride: number
  /** Words of a shard. */
  readonly stride: number
  /** Where the first one begins. */
  readonly begin: number

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer)
    this.shift = this.words[shiftAt]!
    this.filterShift = this.words[filterShiftAt]!
    this.stride = this.words[strideAt]! * entryWords
    this.shards = 2 ** (32 - this.shift)
    this.filterBegin = headWords(this.shards)
    this.filterStride = 2 ** (this.shift - this.filterShift)
    this.begin = this.filterBegin + filterWords(32 - this.filterShift)
  }

  static make(entries: number): SharedArrayBuffer {
    const bits = Math.max(1, Math.ceil(Math.log2(entries / fullShard)))
    const filterBits = Math.max(bits, Math.ceil(Math.log2(entries / filterWordEntries)))
    const mean = entries / 2 ** bits
    const pages = pagesFor((mean + deviations * Math.sqrt(mean)) / fullAt)
    const stride = pages * pagePlaces
    const size = headWords(2 ** bits) + filterWords(filterBits) + 2 ** bits * stride * entryWords
    const buffer = new SharedArrayBuffer(size * Int32Array.BYTES_PER_ELEMENT)
    const words = new Int32Array(buffer)
    words[strideAt] = stride
    words[shiftAt] = 32 - bits
    words[filterShiftAt] = 32 - filterBits
    return buffer
  }

  get entries(): number {
    return Atomics.load(this.words, entriesAt)
  }

  get bytes(): number {
    let places = 0
    for (let shard = 0; shard < this.shards; shard++) {
      const asked = Math.abs(this.words[this.headOf(shard) + placesAt]!)
      if (asked > 0) places += asked + spare
    }
    return (this.begin + places * entryWords) * Int32Array.BYTES_PER_ELEMENT
  }

  /** The most places of a shard that hashes may ask for. */
  get mostPlaces(): number {
    return this.stride / entryWords - spare
  }

  headOf(shard: number): number {
    return shardsAt + shard * shardWords
  }

  beginOf(shard: number): number {
    return this.begin + shard * this.stride
  }

  /** For a shard with so many entries, in whole pages. */
  placesFor(entries: number): number {
    return Math.min(placesIn(pagesFor(entries / fullAt)), this.mostPlaces)
  }

  /** The next larger size of a shard, or the same where there is none. */
  placesAfter(places: number): number {
    const pages = (places + spare) / pagePlaces
    return Math.min(placesIn(places === 0 ? 1 : pages + Math.max(1, pages >> 3)), this.mostPlaces)
  }
}

/** The place for which a hash asks: larger first words come first. */
export function homeOf(first: number, places: number): number {
  return Math.imul(~first >>> 16, places) >>> 16
}

/**
 * Bits of the filter word of a hash, all of which are set where an entry with such a hash is there. Where one is not, no entry is, and no
 * shard needs to be looked into: nearly all that is asked for is not there, and the filter is small enough for a processor's cache.
 */
export function filterBitsOf(first: number): number {
  return (1 << first) | (1 << (first >>> 5)) | (1 << (first >>> 10))
}

function headWords(shards: number): number {
  return wholePages(shardsAt + shards * shardWords)
}

function filterWords(bits: number): number {
  return wholePages(2 ** bits)
}

function wholePages(words: number): number {
  const page = pagePlaces * entryWords
  return Math.ceil(words / page) * page
}

function pagesFor(places: number): number {
  return Math.ceil((places + spare) / pagePlaces)
}

function placesIn(pages: number): number {
  return pages * pagePlaces - spare
}
