/** Charges the bytes of one request's bodies to the caller's bandwidth as they pass. */
import type { BodyMeter } from '../exchange.ts'
import type { CountedRequest } from './counted-request.ts'
import type { Counter } from './counter.ts'
import type { CounterTable } from './counter-table.ts'
import type { Times } from './counting-window.ts'

/** What charging needs of the throttle step's parts; `read` overwrites `times`. */
export type MeterParts = { readonly table: CounterTable; readonly times: Times; readonly read: () => void }

type Account = { readonly counter: Counter; readonly low: number; readonly high: number }

export class ByteMeter implements BodyMeter {
  readonly #parts: MeterParts
  readonly #accounts: readonly Account[]

  /** Of `counted`, those that count bytes. */
  constructor(parts: MeterParts, counted: CountedRequest) {
    const accounts: Account[] = []
    for (let index = 0; index < counted.size; index++) {
      const counter = counted.counters[index]!
      if (counter.countsBytes) accounts.push({ counter, low: counted.low[index]!, high: counted.high[index]! })
    }
    this.#parts = parts
    this.#accounts = accounts
  }

  charge(bytes: number): void {
    const { table, times, read } = this.#parts
    read()
    for (const { counter, low, high } of this.#accounts) {
      const cell = table.lock(low, high, times.monotonic)
      counter.window.charge(table.cells, cell, times, bytes)
      table.unlock(low)
    }
  }
}
