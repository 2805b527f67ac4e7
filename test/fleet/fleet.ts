/** Several gateways, as processes, that count together in one Redis; and what of the limit they let pass. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WindowPlan } from '../../src/contract/plan/limit.ts'
import type { SharedStorePlan } from '../../src/contract/plan/shared-store.ts'

/** Requests in each second, for so many milliseconds. */
export type Offer = { readonly duration: number; readonly rate: number }

export type ReplicaOrder =
  | { readonly kind: 'open'; readonly window: WindowPlan; readonly store: SharedStorePlan }
  | { readonly kind: 'offer'; readonly offers: readonly Offer[] }

/** Of a request that passed: when it was counted, not before the one and not after the other. Monotonic milliseconds. */
export type Passed = readonly [number, number]

export type ReplicaReport = {
  readonly passed: readonly Passed[]
  readonly offered: readonly number[]
  /** Of `offered`, those that waited for Redis. */
  readonly waited: readonly number[]
  /** Milliseconds for which the process once did nothing, for want of a processor. */
  readonly heldUp: number
  readonly log: readonly string[]
}

export const fleetSecret = 'f'.repeat(32)

export function storeAt(url: string, parts: Partial<SharedStorePlan> = {}): SharedStorePlan {
  return {
    urls: [[url]],
    topology: { kind: 'server' },
    plainTcp: false,
    authorities: [],
    secret: [fleetSecret],
    timeout: 250,
    mode: 'leased',
    whenAway: 'deny',
    replicas: 1,
    ...parts,
  }
}

export class Fleet {
  readonly #replicas: readonly ChildProcess[]

  private constructor(replicas: readonly ChildProcess[]) {
    this.#replicas = replicas
  }

  /** Resolves when all of them can count. */
  static async start(count: number, window: WindowPlan, store: SharedStorePlan): Promise<Fleet> {
    const file = fileURLToPath(new URL('replica.ts', import.meta.url))
    const replicas = Array.from({ length: count }, () => fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
    await Promise.all(
      replicas.map(async (replica) => {
        const ready = once(replica, 'message')
        replica.send({ kind: 'open', window, store } satisfies ReplicaOrder)
        await ready
      }),
    )
    return new Fleet(replicas)
  }

  /** `offers`: of each replica, one part after another. Resolves when all have ended. */
  async offer(offers: readonly (readonly Offer[])[]): Promise<readonly ReplicaReport[]> {
    const reports = this.#replicas.map(async (replica, index) => {
      replica.send({ kind: 'offer', offers: offers[index] ?? [] } satisfies ReplicaOrder)
      const [report] = (await once(replica, 'message')) as [ReplicaReport]
      return report
    })
    return await Promise.all(reports)
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#replicas.map(async (replica) => {
        if (replica.exitCode !== null || replica.signalCode !== null) return
        replica.kill('SIGKILL')
        await once(replica, 'exit')
      }),
    )
  }
}

/** Rates that differ as those of real replicas may: each has six tenths of the one before. */
export function unevenly(count: number, total: number, duration: number): readonly (readonly Offer[])[] {
  const weights = Array.from({ length: count }, (_, index) => 0.6 ** index)
  const sum = weights.reduce((all, weight) => all + weight)
  return weights.map((weight) => [{ duration, rate: (total * weight) / sum }])
}

/** What came of all replicas together. */
export type FleetFigures = {
  /** In one window, wherever it begins. */
  readonly most: number
  /** Of what could have passed: no more than the limit, and than was offered, window by window from the second one on. */
  readonly admitted: number
  /** Of all requests. */
  readonly waited: number
  /** Milliseconds for which one of them was held up at the most. */
  readonly heldUp: number
}

export function figuresOf(reports: readonly ReplicaReport[], limit: number, window: number): FleetFigures {
  const passed = reports.flatMap((report) => report.passed)
  const offered = reports.flatMap((report) => report.offered)
  const start = Math.min(...offered)
  const windows = Math.floor((Math.max(...offered) - start) / window)
  const inWindow = (times: readonly number[], index: number): number =>
    times.filter((time) => Math.floor((time - start) / window) === index).length
  let [could, did] = [0, 0]
  for (let index = 1; index < windows; index++) {
    could += Math.min(limit, inWindow(offered, index))
    did += inWindow(
      passed.map(([, time]) => time),
      index,
    )
  }
  return {
    most: mostInWindow(passed, window),
    admitted: did / could,
    waited: reports.reduce((all, report) => all + report.waited.length, 0) / offered.length,
    heldUp: Math.max(...reports.map((report) => report.heldUp)),
  }
}

/** The most that certainly passed in one window of that length, wherever it begins. */
export function mostInWindow(passed: readonly Passed[], window: number): number {
  const sorted = passed.toSorted((one, other) => one[1] - other[1])
  let first = 0
  let most = 0
  for (let last = 0; last < sorted.length; last++) {
    const begin = sorted[last]![1] - window
    while (sorted[first]![1] <= begin) first++
    let inside = 0
    for (let index = first; index <= last; index++) if (sorted[index]![0] > begin) inside++
    most = Math.max(most, inside)
  }
  return most
}
