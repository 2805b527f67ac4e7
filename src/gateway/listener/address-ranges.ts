/** Whether an address is in one of many ranges: sorted and joined at start, so that ten thousand cost hardly more than ten. */
import { addressWords, readAddress } from './ip-address.ts'

/** The address that is looked for. */
const asked = new Uint32Array(addressWords)

export class AddressRanges {
  /** Four words each, sorted; no two of them touch. */
  readonly #firsts: Uint32Array
  readonly #lasts: Uint32Array
  readonly #count: number

  /** `ranges`: single addresses or CIDR ranges, as the compiler has checked them. */
  constructor(ranges: readonly string[]) {
    const sorted = ranges.map(boundsOf).sort((one, other) => compare(one.first, 0, other.first, 0))
    const joined: Bounds[] = []
    for (const bounds of sorted) {
      const before = joined.at(-1)
      if (before === undefined || compare(bounds.first, 0, before.last, 0) > 0) joined.push(bounds)
      else if (compare(bounds.last, 0, before.last, 0) > 0) joined[joined.length - 1] = { first: before.first, last: bounds.last }
    }
    this.#count = joined.length
    this.#firsts = new Uint32Array(joined.length * addressWords)
    this.#lasts = new Uint32Array(joined.length * addressWords)
    for (const [index, { first, last }] of joined.entries()) {
      this.#firsts.set(first, index * addressWords)
      this.#lasts.set(last, index * addressWords)
    }
  }

  /** False for what is no address. */
  includes(address: string): boolean {
    if (this.#count === 0 || !readAddress(address, asked, 0)) return false
    let low = 0
    let high = this.#count
    // The last range that does not begin behind the address is below `high`.
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(this.#firsts, middle * addressWords, asked, 0) > 0) high = middle
      else low = middle + 1
    }
    return low > 0 && compare(asked, 0, this.#lasts, (low - 1) * addressWords) <= 0
  }
}

type Bounds = { readonly first: Uint32Array; readonly last: Uint32Array }

function boundsOf(range: string): Bounds {
  const [address = '', prefix] = range.split('/')
  const first = new Uint32Array(addressWords)
  if (!readAddress(address, first, 0)) throw new Error('a range of addresses that is none passed the check')
  const fixed = prefix === undefined ? 128 : Number(prefix) + (address.includes(':') ? 0 : 96)
  const last = first.slice()
  for (let word = 0; word < addressWords; word++) {
    const free = 32 - Math.min(32, Math.max(0, fixed - 32 * word))
    const mask = free === 32 ? 0xffff_ffff : 2 ** free - 1
    first[word]! &= ~mask
    last[word]! |= mask
  }
  return { first, last }
}

/** Below zero where the first comes before the second. */
function compare(one: Uint32Array, at: number, other: Uint32Array, otherAt: number): number {
  for (let word = 0; word < addressWords; word++) {
    const difference = one[at + word]! - other[otherAt + word]!
    if (difference !== 0) return difference
  }
  return 0
}
