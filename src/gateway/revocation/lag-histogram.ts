/** How long entries took from being published until all threads knew them. */
import { type LagFigures, lagBounds } from '../observability/revocation-metrics.ts'

export class LagHistogram implements LagFigures {
  /** One for each bound, and one for what is longer. */
  readonly counts: Float64Array = new Float64Array(lagBounds.length + 1)
  /** Seconds. */
  sum: number = 0

  /** Milliseconds. Clocks differ: what seems to come before it was published took no time. */
  add(milliseconds: number): void {
    const seconds = Math.max(0, milliseconds / 1000)
    let bucket = 0
    while (bucket < lagBounds.length && seconds > lagBounds[bucket]!) bucket++
    this.counts[bucket]!++
    this.sum += seconds
  }
}
