/**
 * Whether an address is blocked, by spans that come and go and may overlap: sorted, so that ten thousand cost hardly more than ten. Each request
 * asks, so addresses are numbers here, in words as `readAddress` gives them.
 */
import { addressWords } from '../listener/ip-address.ts'
import type { AddressSpan } from './notice.ts'

type Words = ArrayLike<number>

/** Both included, and of one family. */
type Span = { readonly from: Words; readonly to: Words }

/** What IPv4 addresses begin with, in the third word. */
const mapped = 0xffff

export class AddressBlocks {
  readonly #ipv4: SortedSpans = new SortedSpans()
  readonly #ipv6: SortedSpans = new SortedSpans()
  /** Each blocks all addresses but its own. */
  readonly #inverted: Map<AddressSpan, Span> = new Map()
  /** What all of those leave; `null` where that is nothing, undefined where it is not known. */
  #spared: Span | null | undefined

  get isEmpty(): boolean {
    return this.#ipv4.isEmpty && this.#ipv6.isEmpty && this.#inverted.size === 0
  }

  add(span: AddressSpan): void {
    const inWords = spanOf(span)
    if (!span.inverted) return this.#spansFor(inWords.from).add(inWords)
    this.#inverted.set(span, inWords)
    this.#spared = undefined
  }

  /** `span`: one that was added. */
  remove(span: AddressSpan): void {
    if (!span.inverted) {
      const inWords = spanOf(span)
      return this.#spansFor(inWords.from).remove(inWords)
    }
    this.#inverted.delete(span)
    this.#spared = undefined
  }

  /** `address`: as `readAddress` gives it. */
  includes(address: Words): boolean {
    if (this.#spansFor(address).includes(address)) return true
    if (this.#inverted.size === 0) return false
    if (this.#spared === undefined) this.#spared = common([...this.#inverted.values()])
    return (
      this.#spared === null ||
      isIpv4(address) !== isIpv4(this.#spared.from) ||
      compare(address, this.#spared.from) < 0 ||
      compare(address, this.#spared.to) > 0
    )
  }

  #spansFor(address: Words): SortedSpans {
    return isIpv4(address) ? this.#ipv4 : this.#ipv6
  }
}

function spanOf({ from, to }: AddressSpan): Span {
  return { from: wordsOf(from), to: wordsOf(to) }
}

/** From bits, 32 or 128 of them. */
function wordsOf(bits: string): Words {
  if (bits.length === 32) return [0, 0, mapped, Number.parseInt(bits, 2)]
  return Array.from({ length: addressWords }, (_, word) => Number.parseInt(bits.slice(32 * word, 32 * (word + 1)), 2))
}

function isIpv4(address: Words): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === mapped
}

/** Less than 0 where `one` comes first. */
function compare(one: Words, other: Words): number {
  for (let word = 0; word < addressWords; word++) {
    const difference = one[word]! - other[word]!
    if (difference !== 0) return difference
  }
  return 0
}

/** What lies in all of them. */
function common(spans: readonly Span[]): Span | null {
  return (
    spans.reduce<Span | null | undefined>((before, span) => {
      if (before === undefined) return span
      if (before === null || isIpv4(before.from) !== isIpv4(span.from)) return null
      const from = compare(before.from, span.from) > 0 ? before.from : span.from
      const to = compare(before.to, span.to) < 0 ? before.to : span.to
      return compare(from, to) > 0 ? null : { from, to }
    }, undefined) ?? null
  )
}

/** Of addresses of one family. */
class SortedSpans {
  /** By where they begin. */
  readonly #spans: Span[] = []
  /** How far the spans up to each one reach. */
  readonly #reach: Words[] = []
  /** How many of those are as they should be. */
  #sound: number = 0

  get isEmpty(): boolean {
    return this.#spans.length === 0
  }

  add(span: Span): void {
    this.#change(this.#countUpTo(span.from), 0, span)
  }

  remove({ from, to }: Span): void {
    for (let index = this.#countUpTo(from) - 1; index >= 0 && compare(this.#spans[index]!.from, from) === 0; index--)
      if (compare(this.#spans[index]!.to, to) === 0) return this.#change(index, 1)
  }

  includes(address: Words): boolean {
    for (; this.#sound < this.#spans.length; this.#sound++) {
      const { to } = this.#spans[this.#sound]!
      const before = this.#reach[this.#sound - 1]
      this.#reach[this.#sound] = before !== undefined && compare(before, to) > 0 ? before : to
    }
    const count = this.#countUpTo(address)
    return count > 0 && compare(this.#reach[count - 1]!, address) >= 0
  }

  #change(index: number, removed: number, ...added: readonly Span[]): void {
    this.#spans.splice(index, removed, ...added)
    this.#sound = Math.min(this.#sound, index)
  }

  /** How many begin there or before. */
  #countUpTo(address: Words): number {
    let low = 0
    let high = this.#spans.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(this.#spans[middle]!.from, address) > 0) high = middle
      else low = middle + 1
    }
    return low
  }
}
