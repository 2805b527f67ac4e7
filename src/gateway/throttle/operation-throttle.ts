/** The limits of one operation. A request is counted by all of their windows, or by none of them and refused. */
import type { RefusalKind } from '../../contract/refusals.ts'
import type { Surroundings } from '../capabilities.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { Counter } from './counter.ts'
import type { CounterTable } from './counter-table.ts'
import type { Times } from './counting-window.ts'
import type { KeyHash } from './key-hash.ts'
import { type RateLimitText, rateLimitText, wholeSeconds } from './rate-limit-fields.ts'

/** What all operations of a gateway share. */
export type ThrottleParts = {
  readonly surroundings: Surroundings
  readonly table: CounterTable
  readonly keys: KeyHash
  /** Overwritten by each request: steps run to their end without a pause. */
  readonly times: Times
}

const refusalKinds = { api: 'api-quota', operation: 'operation-quota' } as const satisfies Record<string, RefusalKind>

export class OperationThrottle {
  readonly #parts: ThrottleParts
  readonly #operation: number
  readonly #counters: readonly Counter[]
  readonly #text: RateLimitText
  /** Only fixed windows ask what time it is outside. */
  readonly #needsWallTime: boolean
  /** Of the request at hand, by counter: what is left, and where it was counted. */
  readonly #remaining: Int32Array
  readonly #cell: Int32Array
  readonly #low: Int32Array
  readonly #high: Int32Array

  /** `operation` is its index in the plan. */
  constructor(parts: ThrottleParts, operation: number, counters: readonly Counter[]) {
    this.#parts = parts
    this.#operation = operation
    this.#counters = counters
    this.#text = rateLimitText(counters.map(({ limit, plan }) => ({ limit, window: plan })))
    this.#needsWallTime = counters.some(({ plan }) => plan.algorithm === 'fixed')
    this.#remaining = new Int32Array(counters.length)
    this.#cell = new Int32Array(counters.length)
    this.#low = new Int32Array(counters.length)
    this.#high = new Int32Array(counters.length)
  }

  run(exchange: Exchange): Refusal | undefined {
    const { surroundings, table, times } = this.#parts
    times.monotonic = surroundings.clock.monotonic()
    if (this.#needsWallTime) times.wall = surroundings.clock.now()
    for (let index = 0; index < this.#counters.length; index++) {
      const counter = this.#counters[index]!
      const cell = this.#lock(counter, index, exchange)
      const remaining = counter.window.take(table.cells, cell, times)
      table.unlock(this.#low[index]!)
      if (remaining < 0) return this.#refuse(exchange, index)
      this.#cell[index] = cell
      this.#remaining[index] = remaining
    }
    exchange.answerFields += this.#fields()
    return undefined
  }

  /** Locks and returns the caller's cell for this counter. */
  #lock(counter: Counter, index: number, exchange: Exchange): number {
    const { table, keys, times } = this.#parts
    let low = counter.saltLow
    let high = counter.saltHigh
    if (counter.limit.by !== 'api') {
      const owner = counter.limit.by === 'address' ? exchange.caller : exchange.consumer
      if (!owner.hashed) keys.fill(owner)
      low ^= owner.hashLow
      high ^= owner.hashHigh
    }
    this.#low[index] = low
    this.#high[index] = high
    return table.lock(low, high, times.monotonic)
  }

  #fields(): string {
    const { start, items } = this.#text
    let fields = start
    for (let index = 0; index < items.length; index++) {
      if (index > 0) fields += ', '
      fields += this.#item(index, this.#remaining[index]!, this.#counters[index]!.window.reset(this.#parts.times))
    }
    return `${fields}\r\n`
  }

  #item(index: number, remaining: number, reset: number): string {
    return `${this.#text.items[index]}${remaining};t=${wholeSeconds(reset)}`
  }

  #refuse(exchange: Exchange, refusing: number): Refusal {
    for (let index = 0; index < refusing; index++) this.#giveBack(index)
    let longest = 0
    let slowest = refusing
    for (let index = refusing; index < this.#counters.length; index++) {
      const wait = this.#wait(index, exchange)
      if (wait > longest) {
        longest = wait
        slowest = index
      }
    }
    exchange.answerFields += `${this.#text.start}${this.#item(slowest, 0, longest)}\r\n`
    const { level, tier } = this.#counters[refusing]!.limit
    this.#parts.surroundings.metrics.throttled(this.#operation, level)
    return { kind: refusalKinds[level], fields: `Retry-After: ${wholeSeconds(longest)}\r\n`, reason: tier }
  }

  #giveBack(index: number): void {
    const { table } = this.#parts
    const cell = this.#cell[index]!
    const low = this.#low[index]!
    if (!table.relock(cell, low, this.#high[index]!)) return
    this.#counters[index]!.window.giveBack(table.cells, cell)
    table.unlock(low)
  }

  #wait(index: number, exchange: Exchange): number {
    const { table, times } = this.#parts
    const counter = this.#counters[index]!
    const cell = this.#lock(counter, index, exchange)
    const wait = counter.window.wait(table.cells, cell, times)
    table.unlock(this.#low[index]!)
    return wait
  }
}
