/** Asks Redis for what leases need, ahead of need, and tells it what was used of them. One for each thread. */
import type { Clock } from '../clock.ts'
import type { AwayCounts } from './away-counts.ts'
import type { FleetKey } from './fleet-key.ts'
import type { Lease } from './lease.ts'
import type { LeasedWindow, LeaseWatcher } from './leased-window.ts'
import { giveBack } from './ledger-give-back.ts'
import { type LedgerStore, Script } from './ledger-store.ts'
import { leaseScript } from './scripts.ts'

export type LeaseKeeperParts = {
  readonly store: Pick<LedgerStore, 'run' | 'away' | 'lost' | 'connection'>
  readonly key: FleetKey
  readonly holder: string
  readonly clock: Clock
  readonly away: AwayCounts
}

const script = new Script(leaseScript)

export class LeaseKeeper implements LeaseWatcher {
  readonly #parts: LeaseKeeperParts
  /** By window: those that are looked at once in a while. */
  readonly #watched: Map<LeasedWindow, Set<Lease>> = new Map()
  readonly #timers: Map<LeasedWindow, NodeJS.Timeout> = new Map()
  #soon: { readonly window: LeasedWindow; readonly lease: Lease }[] = []
  #calls: number = 0
  /** What time it was in Redis, after the script was sent that says so. */
  #redisTime: { readonly connection: number; readonly sentAt: number; readonly time: number } | null = null

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts
  }

  watch(window: LeasedWindow, lease: Lease, atOnce: boolean): void {
    if (!lease.watched) {
      lease.watched = true
      this.#setOf(window).add(lease)
    }
    if (!atOnce || lease.soon || lease.asking !== null) return
    lease.soon = true
    this.#soon.push({ window, lease })
    if (this.#soon.length === 1) setImmediate(() => this.#askSoon())
  }

  /** Resolves when Redis has replied, or with false when it does not. */
  ask(window: LeasedWindow, lease: Lease): Promise<boolean> {
    this.watch(window, lease, false)
    if (lease.asking !== null) return lease.asking
    const { promise, resolve } = Promise.withResolvers<boolean>()
    lease.asking = promise
    void this.#send(window, lease).then((replied) => {
      lease.asking = null
      resolve(replied)
    })
    return promise
  }

  /** Says in Redis that what was counted at `counted`, and told, was not used after all. */
  giveBack({ terms }: LeasedWindow, lease: Lease | null, low: number, high: number, amount: number, counted: number): void {
    void giveBack(this.#parts, terms, low, high, amount, counted).then(() => lease?.reopen())
  }

  /** What is held goes back, as far as Redis can be told. */
  async end(): Promise<void> {
    for (const timer of this.#timers.values()) clearInterval(timer)
    this.#timers.clear()
    const all = [...this.#watched].flatMap(([window, leases]) => [...leases].map((lease) => ({ window, lease })))
    this.#watched.clear()
    await Promise.all(
      all.map(async ({ window, lease }) => {
        await lease.asking
        lease.balance = 0
        await this.#send(window, lease)
      }),
    )
  }

  #setOf(window: LeasedWindow): Set<Lease> {
    let set = this.#watched.get(window)
    if (set === undefined) {
      set = new Set()
      this.#watched.set(window, set)
    }
    if (!this.#timers.has(window)) {
      const timer = setInterval(() => this.#look(window), window.terms.look)
      timer.unref()
      this.#timers.set(window, timer)
    }
    return set
  }

  #look(window: LeasedWindow): void {
    const now = this.#parts.clock.monotonic()
    const leases = this.#watched.get(window)!
    for (const lease of leases) {
      if (lease.look(now)) void this.ask(window, lease)
      else if (lease.rests(now)) {
        leases.delete(lease)
        lease.watched = false
        window.forget(lease)
      }
    }
    if (leases.size > 0) return
    clearInterval(this.#timers.get(window))
    this.#timers.delete(window)
  }

  #askSoon(): void {
    const due = this.#soon
    this.#soon = []
    for (const { window, lease } of due) {
      lease.soon = false
      if (lease.asking === null) void this.ask(window, lease)
    }
  }

  /** Milliseconds of Redis' time that are not before now: 0 where they are not known of this connection. Clocks differ by a thousandth at the most. */
  #usedBy(now: number): number {
    const known = this.#redisTime
    if (known === null || known.connection !== this.#parts.store.connection) return 0
    return Math.ceil(known.time + (now - known.sentAt) * 1.001 + 1)
  }

  /** Of what replies say, the one is kept by which it is earliest: its script was on its way for the shortest time. */
  #learnTime(sentAt: number, time: number): void {
    const known = this.#usedBy(sentAt)
    if (known === 0 || time <= known) this.#redisTime = { connection: this.#parts.store.connection, sentAt, time }
  }

  async #send(window: LeasedWindow, lease: Lease): Promise<boolean> {
    const { store, key, holder, clock, away } = this.#parts
    if (store.away) return false
    const { terms } = window
    const sentAt = clock.monotonic()
    const { held, want } = lease.ask(sentAt)
    const { told, known } = lease
    const debt = away.take(lease.low, lease.high, sentAt)
    const said = [++this.#calls, told, known, held, want, debt, this.#usedBy(sentAt)].join(' ')
    const reply = await store.run(
      script,
      [key.ledger(lease.low, lease.high)],
      [terms.kind, terms.text(store.lost, clock.now()), holder, said],
    )
    const [status, ...numbers] = reply ?? []
    const [kept = 0, granted = 0, length = 0, free = 0, pause = 0, , time = 0] = numbers.map(Number)
    if (status === 'ok') {
      this.#learnTime(sentAt, time)
      lease.answered({ sentAt, repliedAt: clock.monotonic(), held, kept, granted, lease: length, free, pause, want }, told)
      return true
    }
    if (status === 'closed') {
      lease.known = told
      lease.balance = 0
      lease.lostUntil = sentAt + kept
      return true
    }
    away.restore(lease.low, lease.high, debt, terms.memory, sentAt)
    return false
  }
}
