/** One window of one limit, ready to count: whom it counts by, what it adds to a caller's hash, how its window works. */
import type { LimitPlan, WindowPlan } from '../../contract/plan.ts'
import type { CountingWindow } from './counting-window.ts'
import { FixedWindow } from './fixed-window.ts'
import type { KeyHash } from './key-hash.ts'
import { SlidingWindow } from './sliding-window.ts'

/** Counts are kept in 32 bits. */
const maxRequests = 2 ** 31 - 1

export class Counter {
  readonly limit: LimitPlan
  readonly plan: WindowPlan
  readonly window: CountingWindow
  readonly saltLow: number
  readonly saltHigh: number

  /** `number` is different for each counter of the gateway, and the same in each of its threads. */
  constructor(limit: LimitPlan, plan: WindowPlan, number: number, keys: KeyHash) {
    if (!(plan.requests >= 1 && plan.requests <= maxRequests && plan.window >= 1)) {
      throw new Error(`The tier ${limit.tier} cannot be counted: ${plan.requests} requests in ${plan.window} ms.`)
    }
    const { low, high } = keys.salt(number)
    this.limit = limit
    this.plan = plan
    this.window = plan.algorithm === 'sliding' ? new SlidingWindow(plan.requests, plan.window) : new FixedWindow(plan.requests, plan.window)
    this.saltLow = low
    this.saltHigh = high
  }
}
