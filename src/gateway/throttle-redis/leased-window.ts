/** A window whose budget lies in Redis, and of which this thread holds a small part ahead of need. */

import { mustAsk } from '../shared-counting.ts'
import type { Cells } from '../throttle/cells.ts'
import type { CountingWindow, Times } from '../throttle/counting-window.ts'
import { Lease } from './lease.ts'
import type { Terms } from './terms.ts'

/** Which caller's cell it is. */
export type CellOwners = { readonly lowOf: (cell: number) => number; readonly highOf: (cell: number) => number }

/** Who asks Redis, and tells it. */
export type LeaseWatcher = {
  /** Takes a lease that should be looked at in a while, or at once. */
  readonly watch: (window: LeasedWindow, lease: Lease, atOnce: boolean) => void
  /** Takes back what Redis has been told of; `lease` as far as there still is one. `counted` is monotonic. */
  readonly giveBack: (window: LeasedWindow, lease: Lease | null, low: number, high: number, amount: number, counted: number) => void
}

/** Looks for which a caller that wants much is refused while it is asked whether something is free again; and milliseconds for all others. */
const patience = 4
const moment = 50

export class LeasedWindow implements CountingWindow {
  readonly terms: Terms
  readonly #owners: CellOwners
  /** Only asked how long a window still lasts. */
  readonly #local: CountingWindow
  readonly #watcher: LeaseWatcher
  readonly #leases: Map<number, Lease> = new Map()
  /** All that passed by any lease that was forgotten, at the most. */
  #ever: number = 0

  constructor(terms: Terms, owners: CellOwners, local: CountingWindow, watcher: LeaseWatcher) {
    this.terms = terms
    this.#owners = owners
    this.#local = local
    this.#watcher = watcher
  }

  take(cells: Cells, cell: number, times: Times, amount: number): number {
    const lease = this.lease(cells, cell, times)
    lease.wants(amount)
    const now = times.monotonic
    if (lease.balance >= amount && now < lease.end) {
      lease.spend(amount)
      if (!lease.watched || lease.runsLow) this.#watcher.watch(this, lease, lease.runsLow)
      return lease.balance + Math.max(0, lease.free)
    }
    return this.#empty(lease, now)
  }

  left(cells: Cells, cell: number, times: Times): number {
    const lease = this.lease(cells, cell, times)
    if (lease.balance > 0 && times.monotonic < lease.end) return lease.balance + Math.max(0, lease.free)
    lease.wants(1)
    const refused = this.#empty(lease, times.monotonic)
    return refused === mustAsk ? mustAsk : Math.min(0, lease.balance)
  }

  charge(cells: Cells, cell: number, times: Times, amount: number): void {
    const lease = this.lease(cells, cell, times)
    lease.wants(amount)
    lease.spend(amount)
    this.#watcher.watch(this, lease, lease.runsLow)
  }

  giveBack(_cells: Cells, cell: number, { monotonic }: Times, amount: number): void {
    const lease = this.#leases.get(this.#key(cell)) ?? null
    const rest = lease === null ? amount : lease.takeBack(amount, monotonic)
    if (rest > 0) this.#watcher.giveBack(this, lease, this.#owners.lowOf(cell), this.#owners.highOf(cell), rest, monotonic)
  }

  wait(cells: Cells, cell: number, times: Times): number {
    const lease = this.lease(cells, cell, times)
    // By the next look it is known here.
    return Math.max(0, lease.closedUntil + this.terms.look - times.monotonic)
  }

  reset(times: Times): number {
    return this.#local.reset(times)
  }

  /** The caller's, made where there is none. The caller holds the lock of the cell. */
  lease(cells: Cells, cell: number, times: Times): Lease {
    // The cell itself holds nothing: it only must not be the first that goes.
    cells.setEnd(cell, times.monotonic + this.terms.lease)
    const key = this.#key(cell)
    const known = this.#leases.get(key)
    if (known !== undefined) return known
    const lease = new Lease(this.terms, this.#owners.lowOf(cell), this.#owners.highOf(cell), this.#ever, times.monotonic)
    this.#leases.set(key, lease)
    return lease
  }

  /** It rests. */
  forget(lease: Lease): void {
    this.#ever = Math.max(this.#ever, lease.used)
    this.#leases.delete(keyOf(lease.low, lease.high))
  }

  #empty(lease: Lease, now: number): number {
    if (now < lease.lostUntil) return mustAsk
    if (now < lease.quietUntil) {
      if (!lease.watched) this.#watcher.watch(this, lease, false)
      return -1
    }
    if (this.terms.atOnce) return mustAsk
    if (lease.contested(now)) return -1
    if (now >= lease.quietUntil + (lease.busy ? Math.max(patience * this.terms.look, moment) : moment)) return mustAsk
    this.#watcher.watch(this, lease, true)
    return -1
  }

  #key(cell: number): number {
    return keyOf(this.#owners.lowOf(cell), this.#owners.highOf(cell))
  }
}

/** 53 of the 64 bits of a keyed hash: as much as a number holds. */
function keyOf(low: number, high: number): number {
  return (low >>> 0) * 0x20_0000 + (high >>> 11)
}
