/** How far what passes can be off a limit, in words: by where it is counted, and how. */
import { counterMemory } from '../../contract/counter-memory.ts'
import type { LimitAlgorithm, WindowPlan } from '../../contract/plan/limit.ts'
import type { SharedStorePlan } from '../../contract/plan/shared-store.ts'
import type { ThrottlingPlan } from '../../contract/plan/throttling.ts'
import type { TrafficManagerPlan } from '../../contract/plan/traffic-manager.ts'

/** Of a limit up to this many requests every moment is remembered. */
const rememberedMoments = 7

/** Every gateway process counts for itself. */
const local: Readonly<Record<LimitAlgorithm, string>> = {
  sliding: 'never exceeded in one gateway; at least 99.9 % of it pass under full load',
  fixed: 'exact for each aligned window of one gateway; up to twice as many pass around the turn of a window',
  gcra: 'exact in one gateway: never faster than the even rate, but for the burst',
  calendar: 'exact for each period of the calendar in one gateway; up to twice as many pass around its turn',
}

const together: Readonly<Record<LimitAlgorithm, string>> = {
  sliding: 'never exceeded by all gateways together; a request counts up to 1.1 % of the window longer',
  fixed: 'never exceeded by all gateways together in an aligned window; up to twice as many pass around the turn of one',
  gcra: 'never faster than the even rate, but for the burst, by all gateways together',
  calendar: 'never exceeded by all gateways together in a period of the calendar; up to twice as many pass around its turn',
}

/** Each gateway of a fleet may hold a 200th of a limit for a while, and a 20th for a moment. */
const heldShare = 0.5
/** Nothing of a smaller one is held ahead. */
const smallBurst = 20

/** Where it is counted. `replicas`: gateways that run at the same time. */
export type Counting = Pick<ThrottlingPlan, 'store' | 'trafficManager' | 'capacity'> & { readonly replicas: number }

/** @param limit index of the window's limit. */
export function exactnessOf(window: WindowPlan, limit: number, { store, trafficManager, capacity, replicas }: Counting): string {
  const { algorithm, amount } = window
  if (trafficManager?.limits.includes(limit) === true) return `${decidedAfterwards}; ${whileManagerIsAway(trafficManager)}`
  if (store === null) return `${local[algorithm]}${ringsOf(algorithm, amount, capacity)}; ${timesOf(amount, replicas)}`
  const alone = whileAway(store)
  return `${together[algorithm]}${store.mode === 'strict' ? '' : `; ${unused(window, store)}`}; ${alone}`
}

/** Events of a request are sent within a tenth of a second, and the way back is the manager's and its broker's. */
const decidedAfterwards =
  'exceeded: the Traffic Manager decides after the fact, so that all passes that comes until its decision does (100 ms until it is told, its own time, and the broker’s)'

function whileManagerIsAway({ whenAway, replicas }: TrafficManagerPlan): string {
  return whileAway({ whenAway, replicas }).replaceAll('Redis', 'it')
}

/** Which callers a sliding window is that exact for. */
function ringsOf(algorithm: LimitAlgorithm, amount: number, capacity: number): string {
  if (algorithm !== 'sliding' || amount <= rememberedMoments) return ''
  const { regions, ringsInRegion } = counterMemory(capacity)
  return `, of ${regions * ringsInRegion} callers that come close to it at the same time, and at least 80 % of further ones`
}

function timesOf(amount: number, replicas: number): string {
  return replicas === 1
    ? 'each gateway counts for itself: limit × replicas'
    : `each gateway counts for itself: limit × replicas = ${amount} × ${replicas} = ${amount * replicas}`
}

function unused(window: WindowPlan, { replicas }: SharedStorePlan): string {
  if (window.algorithm === 'gcra' && window.burst < smallBurst) return 'of so small a burst nothing is held ahead: each request asks Redis'
  return replicas === 1
    ? `up to 3 %, and ${heldShare} % for each gateway thread, may go unused`
    : `up to ${3 + heldShare * replicas} % may go unused with ${replicas} gateways of one thread`
}

function whileAway({ whenAway, replicas }: Pick<SharedStorePlan, 'whenAway' | 'replicas'>): string {
  if (whenAway === 'deny') return 'nothing passes while Redis is away'
  if (whenAway === 'allow') return 'not limited while Redis is away'
  return replicas === 1
    ? 'while Redis is away each gateway counts alone, so that it holds as often as there are gateways'
    : `while Redis is away each gateway lets 1/${replicas} of it pass`
}
