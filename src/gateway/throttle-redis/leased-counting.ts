/** The mode `leased`: requests are counted by what this thread holds, and wait for Redis only where it holds nothing. */
import type { AskingRequest } from '../shared-counting.ts'
import type { Lease } from './lease.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { LeasedWindow } from './leased-window.ts'

export type NeededLease = { readonly window: LeasedWindow; readonly lease: Lease }

/** Those of a request that hold nothing; `null` where Redis has lost what it knew of one. */
export function neededLeases({ counted, table, times }: AskingRequest): readonly NeededLease[] | null {
  const needed: NeededLease[] = []
  for (let index = 0; index < counted.size; index++) {
    const { window } = counted.counters[index]!
    if (!(window instanceof LeasedWindow)) continue
    const low = counted.low[index]!
    const cell = table.lock(low, counted.high[index]!, times.monotonic)
    const lease = window.lease(table.cells, cell, times)
    table.unlock(low)
    if (times.monotonic < lease.lostUntil) return null
    if (times.monotonic < lease.quietUntil || (lease.balance >= 1 && times.monotonic < lease.end)) continue
    needed.push({ window, lease })
  }
  return needed
}

/** False: there was no reply; true: the request can be counted anew. */
export async function askForLeases(needed: readonly NeededLease[], keeper: LeaseKeeper): Promise<boolean> {
  const asked = needed.map(({ window, lease }) => {
    lease.waiting += window.terms.least
    return keeper.ask(window, lease)
  })
  const replies = await Promise.all(asked)
  for (const { window, lease } of needed) lease.waiting -= window.terms.least
  return replies.every((replied) => replied)
}
