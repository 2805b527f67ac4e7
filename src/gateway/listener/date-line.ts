/** The Date field line (RFC 9110 §6.6.1) for answers that have none, made once a second. */
import type { Clock } from '../clock.ts'

export class DateLine {
  readonly #clock: Clock
  #second: number = -1
  #line: string = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  current(): string {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#line = `Date: ${new Date(second * 1000).toUTCString()}\r\n`
    }
    return this.#line
  }
}
