/** How soon a worker thread that ended is replaced, and from when on the gateway counts as broken. */

/** Milliseconds that an end is remembered. */
const memory = 60_000

/** Milliseconds before the first replacement; twice as many before each further one, up to the longest. */
const firstDelay = 100
const longestDelay = 10_000

/** Ends within the memory, of all threads together, from which on the gateway is not ready. */
const tooMany = 5

export class Restarts {
  total: number = 0
  #ends: number[] = []

  /** A thread has ended at `now`. Returns for how many milliseconds its replacement should wait. */
  ended(now: number): number {
    this.total++
    this.#forget(now)
    this.#ends.push(now)
    return Math.min(longestDelay, firstDelay * 2 ** (this.#ends.length - 1))
  }

  /** Threads end again and again. */
  tooMany(now: number): boolean {
    this.#forget(now)
    return this.#ends.length >= tooMany
  }

  #forget(now: number): void {
    while (this.#ends.length > 0 && this.#ends[0]! <= now - memory) this.#ends.shift()
  }
}
