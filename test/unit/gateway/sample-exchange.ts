/** An exchange as the engine would have made it, and a clock that a test turns by hand. */
import type { Clock } from '../../../src/gateway/clock.ts'
import { Consumer } from '../../../src/gateway/consumer.ts'
import { Exchange } from '../../../src/gateway/exchange.ts'
import { requestFields } from '../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../src/gateway/http1/request-head.ts'

const { watched } = requestFields(['authorization'])

export function sampleExchange(credential: string | null = null, address = '192.0.2.1'): Exchange {
  const exchange = new Exchange(new RequestHead(watched, { maxFields: 100, maxHead: 16_384 }), new Consumer(`address:${address}`))
  exchange.credential = credential
  return exchange
}

export class ManualClock implements Clock {
  /** Milliseconds since the epoch. */
  wall: number
  elapsed: number = 0

  constructor(wall: number = Date.UTC(2026, 0, 1)) {
    this.wall = wall
  }

  now: () => number = () => this.wall
  monotonic: () => number = () => this.elapsed

  advance(milliseconds: number): void {
    this.wall += milliseconds
    this.elapsed += milliseconds
  }
}
