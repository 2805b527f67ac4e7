/** By which way keys are watched at an endpoint: the best one, but for those that did not work there of late. */
import type { Clock } from '../clock.ts'

/** `http`: through etcd's HTTP gateway. `unasked`: the same, where something stands before it that waits for a request's end. */
export type WatchWay = 'grpc' | 'http' | 'unasked'

const ways: readonly WatchWay[] = ['grpc', 'http', 'unasked']

/** Milliseconds for which a way that did not work is left alone. */
const leftAlone = 600_000

export class WatchWays {
  readonly #clock: Clock
  #best: WatchWay = 'grpc'
  #failedAt: number = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get best(): WatchWay {
    if (this.#clock.monotonic() - this.#failedAt > leftAlone) this.#best = 'grpc'
    return this.#best
  }

  /** The last one is kept whatever becomes of it. */
  failed(way: WatchWay): void {
    this.#best = ways[ways.indexOf(way) + 1] ?? way
    this.#failedAt = this.#clock.monotonic()
  }
}
