/** What a client may send: an amount at once, which grows back evenly within a period (a token bucket). */
export class Allowance {
  readonly #amount: number
  readonly #perMillisecond: number
  #left: number
  #at: number

  /** Times are monotonic milliseconds. */
  constructor(amount: number, period: number, now: number) {
    this.#amount = amount
    this.#perMillisecond = amount / period
    this.#left = amount
    this.#at = now
  }

  /** False: there is not that much left. */
  take(amount: number, now: number): boolean {
    this.#left = Math.min(this.#amount, this.#left + (now - this.#at) * this.#perMillisecond) - amount
    this.#at = now
    return this.#left >= 0
  }
}
