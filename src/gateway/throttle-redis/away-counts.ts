/**
 * What this thread let pass by its own windows while Redis was away, by whom it was: when Redis is back, it is told of what may still count.
 * Times are monotonic milliseconds.
 */
type Count = { readonly window: number; start: number; current: number; before: number }

export class AwayCounts {
  readonly #counts: Map<string, Count> = new Map()
  readonly #most: number

  /** `most`: callers that are remembered. */
  constructor(most: number) {
    this.#most = most
  }

  /** `window`: for how long it counts. */
  add(low: number, high: number, amount: number, window: number, now: number): void {
    const key = `${low} ${high}`
    const known = this.#counts.get(key)
    if (known !== undefined) {
      turn(known, now)
      known.current += amount
      return
    }
    if (this.#counts.size >= this.#most) this.#sweep(now)
    this.#counts.set(key, { window, start: now, current: amount, before: 0 })
  }

  /** What still counts, which is not counted here from now on. */
  take(low: number, high: number, now: number): number {
    if (this.#counts.size === 0) return 0
    const key = `${low} ${high}`
    const known = this.#counts.get(key)
    if (known === undefined) return 0
    this.#counts.delete(key)
    turn(known, now)
    return known.current + known.before
  }

  /** It was not used after all. */
  takeBack(low: number, high: number, amount: number): void {
    const known = this.#counts.get(`${low} ${high}`)
    if (known !== undefined) known.current = Math.max(0, known.current - amount)
  }

  /** Redis was not told after all. */
  restore(low: number, high: number, amount: number, window: number, now: number): void {
    if (amount > 0) this.add(low, high, amount, window, now)
  }

  /** The oldest goes where all still count. */
  #sweep(now: number): void {
    for (const [key, count] of this.#counts) {
      turn(count, now)
      if (count.current + count.before === 0) this.#counts.delete(key)
    }
    if (this.#counts.size < this.#most) return
    const [oldest] = this.#counts.keys()
    if (oldest !== undefined) this.#counts.delete(oldest)
  }
}

function turn(count: Count, now: number): void {
  const passed = Math.floor((now - count.start) / count.window)
  if (passed < 1) return
  count.before = passed === 1 ? count.current : 0
  count.current = 0
  count.start += passed * count.window
}
