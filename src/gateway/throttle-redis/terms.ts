/** A window as the scripts know it: its kind, its measures, and how its budget is lent. Times are milliseconds. */
import type { WindowPlan } from '../../contract/plan/limit.ts'
import type { Frame } from '../throttle/frames.ts'

export type Terms = {
  readonly kind: WindowPlan['algorithm']
  /** For ARGV. `lost`: see the mark script; `wall`: since the epoch, by this gateway's clock, which may be wrong by a day. */
  readonly text: (lost: number, wall: number) => string
  /** The most that can be lent at once. */
  readonly budget: number
  /** What passes is counted when it has passed. */
  readonly bytes: boolean
  /** Nothing is held ahead: what is lent counts as used when it is lent, and goes to the requests that wait for it. */
  readonly atOnce: boolean
  /** What is lent at the least. */
  readonly least: number
  /** For how long it counts what passed, at the most. */
  readonly memory: number
  /** How long a lease is: what a gateway that dies holds is lost for so long. */
  readonly lease: number
  /** How often a gateway looks at what it holds. */
  readonly look: number
  /** For how long it provides while much is left. */
  readonly ahead: number
}

/** `calendar`: the turns of a window of the calendar. */
export function termsOf(plan: WindowPlan, calendar: Frame | null): Terms {
  const { algorithm: kind, amount } = plan
  const bytes = plan.unit === 'bytes'
  const budget = plan.algorithm === 'gcra' ? plan.burst : amount
  const atOnce = plan.algorithm === 'gcra' && !bytes && budget < smallBurst
  const common = { kind, budget, bytes, atOnce, least: bytes ? Math.ceil(budget / 200) : 1 }
  if (plan.algorithm === 'calendar') {
    if (calendar === null) throw new Error('a window of the calendar without its turns')
    return { ...common, ...lending(memoryOf(plan)), text: (lost, wall) => `${amount} 0 0 ${lost} ${longestLease} ${turns(calendar, wall)}` }
  }
  const burst = plan.algorithm === 'gcra' ? plan.burst : 0
  const lent = lending(memoryOf(plan))
  return { ...common, ...lent, text: (lost) => `${amount} ${plan.window} ${burst} ${lost} ${atOnce ? 0 : lent.lease}` }
}

const longestLease = 4_000

/** Of an even rate, what is lent takes up the burst until the lease ends, used or not: of a burst below this one, most of it. */
const smallBurst = 20

/** For how long it counts what passed, at the most; of an even rate, what may be saved up is all there is to lend from. */
export function memoryOf(plan: WindowPlan): number {
  if (plan.algorithm === 'calendar') return 366 * 86_400_000
  return plan.algorithm === 'gcra' ? (plan.window / plan.amount) * plan.burst : plan.window
}

function lending(window: number): Pick<Terms, 'memory' | 'lease' | 'look' | 'ahead'> {
  const lease = Math.round(between(window / 8, 20, longestLease))
  return { memory: window, lease, look: between(window / 200, 5, 250), ahead: Math.min(window / 20, lease / 2) }
}

/** The turns of the calendar before and after what time it is here, so that Redis may decide by its own clock. */
function turns(frame: Frame, wall: number): string {
  frame.set(wall)
  const { start, end } = frame
  const next = frame.nextAfter(end)
  frame.set(start - 1)
  const before = frame.start
  frame.set(wall)
  return [before, start, end, next].join(' ')
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
