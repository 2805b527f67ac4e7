/** What throttling needs of counters that several gateways have in common. Types, and one number. */
import type { WindowPlan } from '../contract/plan/limit.ts'
import type { Exchange, Refusal } from './exchange.ts'
import type { CountedRequest } from './throttle/counted-request.ts'
import type { CounterTable } from './throttle/counter-table.ts'
import type { CountingWindow, Times } from './throttle/counting-window.ts'
import type { Frame } from './throttle/frames.ts'

/** What a window says that does not know: whoever has what it counts must be asked first. Below every amount. */
export const mustAsk: number = Number.NEGATIVE_INFINITY

/** What a step ends with. */
export type StepEnd = Refusal | undefined | Promise<Refusal | undefined>

export type SharedCounting = {
  /** Of the keyed hashes: the same in all gateways that count together. */
  readonly seed: Uint8Array
  /** By limit: under which name its callers are counted. */
  readonly names: readonly string[]
  readonly windowName: (plan: WindowPlan) => string
  /** Of replicas: what this gateway counts by while it counts alone. */
  readonly alone: (plan: WindowPlan) => WindowPlan
  /** `local` counts the same in this process; `calendar` has the turns of a window of the calendar, and is `null` for all others. */
  readonly window: (plan: WindowPlan, local: CountingWindow, table: CounterTable, calendar: Frame | null) => CountingWindow
  /**
   * A window of the request must ask. `again` has the request counted anew; `alone` has it counted by this gateway's own windows, and says
   * by which.
   */
  readonly ask: (request: AskingRequest) => StepEnd
}

export type AskingRequest = {
  readonly exchange: Exchange
  readonly counted: CountedRequest
  readonly table: CounterTable
  readonly times: Times
  readonly again: () => StepEnd
  readonly alone: () => { readonly end: StepEnd; readonly counted: CountedRequest }
  /** How often this request has asked already. */
  readonly asked: number
}
