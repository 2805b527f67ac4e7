/**
 * The pool of HTTP/2 connections to one backend address: one, and another one only when those that there are carry as many exchanges as
 * their backend allows; up to a bound, with a bounded line of exchanges waiting behind it.
 */
import type { RefusalKind } from '../../contract/refusals.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { Backend, BackendChannel, Waiter } from './backend.ts'
import type { BackendOrigin } from './backend-origin.ts'
import type { Dial } from './dial.ts'
import { Http2Session, type OpenSession, type SessionOwner } from './http2-session.ts'
import { type UpstreamLimits, waitGrace } from './upstream-limits.ts'

/** Exchanges that a connection which is being dialled is expected to take: what RFC 9113 §6.5.2 asks backends to allow at the least. */
const expectedStreams = 100

export class Http2Upstream implements Backend, SessionOwner {
  readonly index: number
  readonly origin: BackendOrigin
  readonly #dial: Dial
  readonly #open: OpenSession
  readonly #limits: UpstreamLimits
  readonly #clock: CoarseClock
  readonly #sessions: Set<Http2Session> = new Set()
  /** In the order in which they came, and in which their deadlines pass. */
  readonly #waiting: { readonly waiter: Waiter; readonly deadline: number }[] = []

  constructor(index: number, origin: BackendOrigin, dial: Dial, open: OpenSession, limits: UpstreamLimits, clock: CoarseClock) {
    this.index = index
    this.origin = origin
    this.#dial = dial
    this.#open = open
    this.#limits = limits
    this.#clock = clock
  }

  acquire(waiter: Waiter): BackendChannel | 'waiting' | 'full' {
    if (this.#waiting.length === 0) for (const session of this.#sessions) if (session.room > 0) return session.channel()
    return this.#wait(waiter)
  }

  /** A connection that is going away takes nothing any more, so whichever has room will do. */
  acquireFresh(waiter: Waiter): 'waiting' | 'full' {
    if (!this.#line(waiter)) return 'full'
    for (const session of this.#sessions) this.#serve(session)
    this.#grow()
    return 'waiting'
  }

  cancel(waiter: Waiter): void {
    const index = this.#waiting.findIndex((entry) => entry.waiter === waiter)
    if (index !== -1) this.#waiting.splice(index, 1)
  }

  sweep(now: number): void {
    for (const session of this.#sessions) session.sweep(now)
    while (this.#waiting.length > 0 && this.#waiting[0]!.deadline <= now)
      this.#waiting.shift()!.waiter.channelFailed('no-capacity', 'pool-wait')
  }

  close(): void {
    for (const session of this.#sessions) session.destroy('closed')
  }

  hasRoom(session: Http2Session): void {
    this.#serve(session)
    this.#grow()
  }

  retired(): void {
    this.#grow()
  }

  /** Those that retire count: who holds an exchange on each must not make the gateway open connections without end. */
  mayReplace(): boolean {
    return this.#sessions.size <= this.#limits.maxConnections
  }

  closed(session: Http2Session, dialFailure: { readonly kind: RefusalKind; readonly reason: string } | null): void {
    this.#sessions.delete(session)
    // All who wait hoped for this one: each would only meet the same backend again.
    if (dialFailure !== null && !this.#dialing())
      for (const { waiter } of this.#waiting.splice(0)) waiter.channelFailed(dialFailure.kind, dialFailure.reason)
    this.#grow()
  }

  #wait(waiter: Waiter): 'waiting' | 'full' {
    if (!this.#line(waiter)) return 'full'
    this.#grow()
    return 'waiting'
  }

  /** Puts it at the end of the line; false where the line is full. */
  #line(waiter: Waiter): boolean {
    const expected = this.#mayOpen() || this.#dialing() ? expectedStreams : 0
    if (this.#waiting.length >= this.#limits.maxWaiting + expected) return false
    this.#waiting.push({ waiter, deadline: this.#clock.now + this.#limits.connect + waitGrace })
    return true
  }

  #serve(session: Http2Session): void {
    while (this.#waiting.length > 0 && session.room > 0) this.#waiting.shift()!.waiter.channelReady(session.channel())
  }

  /** One at a time: how many exchanges a connection takes is known when it stands. */
  #grow(): void {
    if (this.#waiting.length === 0 || !this.#mayOpen() || this.#dialing()) return
    this.#sessions.add(new Http2Session(this.origin, this.#dial, this.#open, this, this.#limits, this.#clock))
  }

  /** Those that only finish what they have do not count: a stream that lasts for hours must not keep a new connection away. */
  #mayOpen(): boolean {
    let serving = 0
    for (const session of this.#sessions) if (!session.retiring) serving++
    return serving < this.#limits.maxConnections
  }

  #dialing(): boolean {
    for (const session of this.#sessions) if (session.connecting) return true
    return false
  }
}
