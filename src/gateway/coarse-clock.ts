/** The time as of the last sweep or request: deadlines need no better, and reading a field costs nothing. */
export class CoarseClock {
  /** Monotonic milliseconds. */
  now: number

  constructor(now: number) {
    this.now = now
  }
}
