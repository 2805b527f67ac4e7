/** The rule of a sliding window as it stands, slowly: every moment that counts is kept. */
export class ExactLog {
  readonly #limit: number
  readonly #window: number
  #moments: number[] = []

  constructor(limit: number, window: number) {
    this.#limit = limit
    this.#window = window
  }

  take(now: number): boolean {
    const expired = this.#moments.findIndex((moment) => moment > now - this.#window)
    this.#moments = expired < 0 ? [] : this.#moments.slice(expired)
    if (this.#moments.length >= this.#limit) return false
    this.#moments.push(now)
    return true
  }
}
