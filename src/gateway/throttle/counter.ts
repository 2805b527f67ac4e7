/** One window of one limit, ready to count: whom it counts by, what it adds to a caller's hash, how its window works. */
import type { LimitPlan, WindowPlan } from '../../contract/plan/limit.ts'
import { AlignedWindow } from './aligned-window.ts'
import type { CountingWindow } from './counting-window.ts'
import { CalendarFrame, EpochFrame } from './frames.ts'
import { GcraWindow } from './gcra-window.ts'
import type { KeyHash } from './key-hash.ts'
import { SlidingWindow } from './sliding-window.ts'

/** Whole numbers up to here are exact. */
const most = 2 ** 50

export class Counter {
  readonly limit: LimitPlan
  readonly plan: WindowPlan
  readonly window: CountingWindow
  /** Only aligned windows ask what time it is outside. */
  readonly needsWallTime: boolean
  readonly countsBytes: boolean
  readonly saltLow: number
  readonly saltHigh: number

  /** `name` is different for each counter of the gateway, and the same in each of its threads, and in all gateways that count together. */
  constructor(limit: LimitPlan, plan: WindowPlan, name: string, keys: KeyHash, window: CountingWindow = windowOf(plan)) {
    const { low, high } = keys.salt(name)
    this.limit = limit
    this.plan = plan
    this.window = window
    this.needsWallTime = plan.algorithm === 'fixed' || plan.algorithm === 'calendar'
    this.countsBytes = plan.unit === 'bytes'
    this.saltLow = low
    this.saltHigh = high
  }
}

/** Throws where a bug of the compiler asks for what cannot be counted. */
export function windowOf(plan: WindowPlan): CountingWindow {
  const { amount } = plan
  if (!(amount >= 1 && amount <= most)) throw new Error(`A limit of ${amount} ${plan.unit} cannot be counted.`)
  if (plan.algorithm === 'calendar') return new AlignedWindow(amount, new CalendarFrame(plan.period, plan.timeZone))
  const { window } = plan
  if (!(window >= 1)) throw new Error(`A window of ${window} ms cannot be counted.`)
  switch (plan.algorithm) {
    case 'sliding':
      return new SlidingWindow(amount, window)
    case 'fixed':
      return new AlignedWindow(amount, new EpochFrame(window))
    case 'gcra':
      return new GcraWindow(amount, window, plan.burst)
    default:
      return plan satisfies never
  }
}
