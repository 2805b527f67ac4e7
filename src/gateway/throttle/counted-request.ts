/**
 * The counters of the request at hand, in the order in which they are checked: one object for all requests of a thread, as the throttle
 * step runs to its end without a pause.
 */
import type { Counter } from './counter.ts'
import { markedHigh } from './counter-table.ts'

export class CountedRequest {
  /** How many there are. */
  size: number = 0
  /** Some of them count bytes. */
  metered: boolean = false
  readonly counters: (Counter | undefined)[]
  /** Whose they are, as the table knows it. */
  readonly low: Int32Array
  readonly high: Int32Array
  /** Where it was counted, and what is left. */
  readonly cell: Int32Array
  readonly remaining: Float64Array

  /** `most`: counters that one request can have. */
  constructor(most: number) {
    this.counters = Array.from({ length: most }, () => undefined)
    this.low = new Int32Array(most)
    this.high = new Int32Array(most)
    this.cell = new Int32Array(most)
    this.remaining = new Float64Array(most)
  }

  /** All of another one but what is left. */
  copy(from: CountedRequest): void {
    this.size = from.size
    for (let index = 0; index < from.size; index++) {
      this.counters[index] = from.counters[index]
      this.low[index] = from.low[index]!
      this.high[index] = from.high[index]!
      this.cell[index] = from.cell[index]!
    }
  }

  /** `low`, `high`: hash of whoever is counted; 0 for everybody together. */
  add(counter: Counter, low: number, high: number): void {
    const index = this.size++
    this.counters[index] = counter
    if (counter.countsBytes) this.metered = true
    this.low[index] = counter.saltLow ^ low
    this.high[index] = markedHigh(counter.saltHigh ^ high, low === 0 && high === 0)
  }
}
