/** Whether an address is blocked, by spans that come and go and may overlap: sorted, so that ten thousand cost hardly more than ten. */
import type { AddressSpan } from './notice.ts'

type Span = Pick<AddressSpan, 'from' | 'to'>

export class AddressBlocks {
  readonly #ipv4: SortedSpans = new SortedSpans()
  readonly #ipv6: SortedSpans = new SortedSpans()
  /** Each blocks all addresses but its own. */
  readonly #inverted: Set<AddressSpan> = new Set()
  /** What all of those leave; `null` where that is nothing, undefined where it is not known. */
  #spared: Span | null | undefined

  get isEmpty(): boolean {
    return this.#ipv4.isEmpty && this.#ipv6.isEmpty && this.#inverted.size === 0
  }

  add(span: AddressSpan): void {
    if (!span.inverted) return this.#spansFor(span.from).add(span)
    this.#inverted.add(span)
    this.#spared = undefined
  }

  /** `span`: one that was added. */
  remove(span: AddressSpan): void {
    if (!span.inverted) return this.#spansFor(span.from).remove(span)
    this.#inverted.delete(span)
    this.#spared = undefined
  }

  /** `bits`: of an address. */
  includes(bits: string): boolean {
    if (this.#spansFor(bits).includes(bits)) return true
    if (this.#inverted.size === 0) return false
    if (this.#spared === undefined) this.#spared = common([...this.#inverted])
    return this.#spared === null || bits.length !== this.#spared.from.length || bits < this.#spared.from || bits > this.#spared.to
  }

  #spansFor(bits: string): SortedSpans {
    return bits.length === 32 ? this.#ipv4 : this.#ipv6
  }
}

/** What lies in all of them. */
function common(spans: readonly Span[]): Span | null {
  return (
    spans.reduce<Span | null | undefined>((before, { from, to }) => {
      if (before === undefined) return { from, to }
      if (before === null || before.from.length !== from.length) return null
      const both = { from: before.from > from ? before.from : from, to: before.to < to ? before.to : to }
      return both.from > both.to ? null : both
    }, undefined) ?? null
  )
}

/** Of addresses of one family, whose bits are in the order of their texts. */
class SortedSpans {
  /** By where they begin. */
  readonly #spans: Span[] = []
  /** How far the spans up to each one reach. */
  readonly #reach: string[] = []
  /** How many of those are as they should be. */
  #sound: number = 0

  get isEmpty(): boolean {
    return this.#spans.length === 0
  }

  add(span: Span): void {
    this.#change(this.#countUpTo(span.from), 0, span)
  }

  remove({ from, to }: Span): void {
    for (let index = this.#countUpTo(from) - 1; this.#spans[index]?.from === from; index--)
      if (this.#spans[index]!.to === to) return this.#change(index, 1)
  }

  includes(bits: string): boolean {
    for (; this.#sound < this.#spans.length; this.#sound++) {
      const { to } = this.#spans[this.#sound]!
      const before = this.#reach[this.#sound - 1] ?? ''
      this.#reach[this.#sound] = before > to ? before : to
    }
    const count = this.#countUpTo(bits)
    return count > 0 && this.#reach[count - 1]! >= bits
  }

  #change(index: number, removed: number, ...added: readonly Span[]): void {
    this.#spans.splice(index, removed, ...added)
    this.#sound = Math.min(this.#sound, index)
  }

  /** How many begin there or before. */
  #countUpTo(bits: string): number {
    let low = 0
    let high = this.#spans.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#spans[middle]!.from > bits) high = middle
      else low = middle + 1
    }
    return low
  }
}
