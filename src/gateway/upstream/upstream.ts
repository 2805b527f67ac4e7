/**
 * The pool of HTTP/1.1 connections to one backend address. Last in, first out, so that a quiet pool shrinks; grown on demand to a bound, with
 * a bounded line of exchanges waiting behind it.
 */
import type { RefusalKind } from '../../contract/refusals.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { Backend, Waiter } from './backend.ts'
import { BackendConnection, type ConnectionOwner } from './backend-connection.ts'
import type { BackendOrigin } from './backend-origin.ts'
import type { Dial } from './dial.ts'
import { type UpstreamLimits, waitGrace } from './upstream-limits.ts'

export class Upstream implements Backend, ConnectionOwner {
  readonly index: number
  readonly origin: BackendOrigin
  readonly #dial: Dial
  readonly #limits: UpstreamLimits
  readonly #clock: CoarseClock
  readonly #idle: BackendConnection[] = []
  readonly #all: Set<BackendConnection> = new Set()
  /** In the order in which they came, and in which their deadlines pass. */
  readonly #waiting: { readonly waiter: Waiter; readonly fresh: boolean; readonly deadline: number }[] = []
  #dialing: number = 0

  constructor(index: number, origin: BackendOrigin, dial: Dial, limits: UpstreamLimits, clock: CoarseClock) {
    this.index = index
    this.origin = origin
    this.#dial = dial
    this.#limits = limits
    this.#clock = clock
  }

  acquire(waiter: Waiter): BackendConnection | 'waiting' | 'full' {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.usable) return connection
      connection.destroy()
    }
    return this.#wait(waiter, false)
  }

  /** The idle ones are as old as the one that was stale, so they are closed. */
  acquireFresh(waiter: Waiter): 'waiting' | 'full' {
    for (const connection of this.#idle.splice(0)) connection.destroy()
    return this.#wait(waiter, true)
  }

  cancel(waiter: Waiter): void {
    const index = this.#waiting.findIndex((entry) => entry.waiter === waiter)
    if (index !== -1) this.#waiting.splice(index, 1)
  }

  sweep(now: number): void {
    for (const connection of this.#all) if (connection.deadline <= now) connection.expire()
    while (this.#waiting.length > 0 && this.#waiting[0]!.deadline <= now)
      this.#waiting.shift()!.waiter.channelFailed('no-capacity', 'pool-wait')
  }

  close(): void {
    for (const connection of this.#all) connection.destroy()
  }

  connected(connection: BackendConnection): void {
    this.#dialing--
    const first = this.#waiting.shift()
    if (first === undefined) this.#keep(connection)
    else first.waiter.channelReady(connection)
  }

  released(connection: BackendConnection): void {
    if (this.#waiting.length === 0) return this.#keep(connection)
    const taker = this.#waiting.findIndex(({ fresh }) => !fresh)
    if (taker !== -1) this.#waiting.splice(taker, 1)[0]!.waiter.channelReady(connection)
    // Only those wait who need a new connection: it makes room for one.
    else if (this.#waiting.length > this.#dialing) connection.destroy()
    else this.#keep(connection)
  }

  /** It counts as a tunnel from now on, and another one may take its place. */
  switched(connection: BackendConnection): void {
    this.#all.delete(connection)
    this.#openForWaiting()
  }

  #keep(connection: BackendConnection): void {
    connection.rest()
    this.#idle.push(connection)
  }

  closed(connection: BackendConnection, dialFailure: { readonly kind: RefusalKind; readonly reason: string } | null): void {
    this.#all.delete(connection)
    const index = this.#idle.indexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
    if (dialFailure !== null) {
      this.#dialing--
      this.#waiting.shift()?.waiter.channelFailed(dialFailure.kind, dialFailure.reason)
    }
    this.#openForWaiting()
  }

  /** A place may have become free. */
  #openForWaiting(): void {
    if (this.#waiting.length > this.#dialing && this.#all.size < this.#limits.maxConnections) this.#open()
  }

  #wait(waiter: Waiter, fresh: boolean): 'waiting' | 'full' {
    const mayOpen = this.#all.size < this.#limits.maxConnections
    // Those for whom a connection is being opened do not stand in the line.
    if (!mayOpen && this.#waiting.length - this.#dialing >= this.#limits.maxWaiting) return 'full'
    this.#waiting.push({ waiter, fresh, deadline: this.#clock.now + this.#limits.connect + waitGrace })
    if (mayOpen) this.#open()
    return 'waiting'
  }

  #open(): void {
    this.#dialing++
    this.#all.add(new BackendConnection(this.origin.address, this.origin.authority, this.#dial, this, this.#limits, this.#clock))
  }
}
