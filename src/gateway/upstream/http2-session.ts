/** One HTTP/2 connection to a backend, which carries many exchanges at once. */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { BackendOrigin } from './backend-origin.ts'
import type { Dial } from './dial.ts'
import { dialFailure, failureReason } from './dial-failure.ts'
import { Http2Channel } from './http2-channel.ts'
import type { UpstreamLimits } from './upstream-limits.ts'

/** `connect` of node:http2, with the options that hold for every session. */
export type OpenSession = (socket: Socket, origin: BackendOrigin) => ClientHttp2Session

/** What a session tells the pool that it belongs to. */
export type SessionOwner = {
  /** It can take an exchange, or another one. */
  hasRoom(session: Http2Session): void
  /** It takes no more exchanges: whoever waits has nothing to hope for from it. */
  retired(): void
  /** Whether another connection may take its place while it finishes what it has. */
  mayReplace(): boolean
  /** `dialFailure` is null when the session had been of use, or was no longer wanted. */
  closed(session: Http2Session, dialFailure: { readonly kind: RefusalKind; readonly reason: string } | null): void
}

/** Exchanges on one connection, whatever its backend allows. */
const maximumStreams = 1000
/** Streams that one connection opens before it is replaced: well below the numbers that there are (RFC 9113 §5.1.1). */
const maximumOpened = 500_000_000
/** Error code (RFC 9113 §7) for streams whose connection is given up. */
const cancel = 8
/**
 * Exchanges given up after which it takes no more: backends end connections on which they are flooded so (CVE-2023-44487), with all that
 * others have on them. One is forgotten at each sweep. Netty's servers bear 200 in 30 seconds.
 */
const maximumCancelled = 75
/** Milliseconds of silence after which a backend with exchanges in flight is asked whether it is there, and until it must have answered. */
const silence = 15_000
const pongWithin = 5000
/** Milliseconds until it is asked again in the same silence: gRPC's servers take more than one in five minutes for an attack. */
const nextPing = 310_000

export class Http2Session {
  readonly #owner: SessionOwner
  readonly #limits: UpstreamLimits
  readonly #clock: CoarseClock
  readonly #socket: Socket
  readonly #channels: Set<Http2Channel> = new Set()
  readonly scheme: string
  readonly authority: string
  #session: ClientHttp2Session | null = null
  #state: 'connecting' | 'ready' | 'retiring' | 'closed' = 'connecting'
  #opened: number = 0
  #cancelled: number = 0
  #connectBy: number
  #idleUntil: number = Number.POSITIVE_INFINITY
  readonly #retireAt: number
  /** A backend that does not close its side is not waited for longer. */
  #closeBy: number = Number.POSITIVE_INFINITY
  #pingAt: number = Number.POSITIVE_INFINITY
  #pongBy: number = Number.POSITIVE_INFINITY
  /** It has rested, or lived, for as long as it may. */
  #outlived: boolean = false
  /** Some exchange has been answered on it. */
  used: boolean = false
  #failure: string | null = null

  constructor(origin: BackendOrigin, dial: Dial, open: OpenSession, owner: SessionOwner, limits: UpstreamLimits, clock: CoarseClock) {
    this.#owner = owner
    this.#limits = limits
    this.#clock = clock
    this.scheme = origin.secure ? 'https' : 'http'
    this.authority = origin.authority
    this.#connectBy = clock.now + limits.connect
    this.#retireAt = clock.now + limits.upstreamLife
    const socket = dial.open(origin.address, null)
    this.#socket = socket
    socket.once(dial.readyEvent, () => this.#start(open, origin))
    socket.on('error', (error) => this.#failed(error))
    // Of a session that was begun, the session's own end comes later and says the same.
    socket.once('close', () => this.#session === null && this.#closed())
  }

  /** Why the connection is gone; null while it is not. */
  get failure(): string | null {
    return this.#failure === null ? (this.#socket.destroyed ? 'closed' : null) : failureReason(this.#failure)
  }

  /** Exchanges that it could take now. */
  get room(): number {
    if (this.#state !== 'ready' || this.#session!.destroyed) return 0
    const allowed = Math.min(this.#session!.remoteSettings.maxConcurrentStreams ?? maximumStreams, maximumStreams)
    return allowed - this.#channels.size
  }

  /** How large a header list its backend takes. */
  get maxHeaderList(): number {
    return this.#session?.remoteSettings.maxHeaderListSize ?? Number.POSITIVE_INFINITY
  }

  /** It takes no more exchanges, and is there only for those in flight. */
  get retiring(): boolean {
    return this.#state === 'retiring'
  }

  get connecting(): boolean {
    return this.#state === 'connecting'
  }

  /** Only where there is room. The channel must be started. */
  channel(): Http2Channel {
    const channel = new Http2Channel(this)
    this.#channels.add(channel)
    this.#idleUntil = Number.POSITIVE_INFINITY
    if (this.#pingAt === Number.POSITIVE_INFINITY) this.#pingAt = this.#clock.now + silence
    return channel
  }

  /** Null where the session cannot take it any more. `body` is null where it follows, empty where there is none. */
  open(headers: readonly string[], body: string | null): ClientHttp2Stream | null {
    if (this.#session === null || this.#state !== 'ready' || this.#session.destroyed) return null
    if (++this.#opened >= maximumOpened) this.retire()
    try {
      return this.#session.request(headers, { endStream: body === '', waitForTrailers: body === null })
    } catch {
      return null
    }
  }

  /** The channel's stream has closed. */
  released(channel: Http2Channel): void {
    if (!this.#channels.delete(channel)) return
    if (this.#channels.size === 0) {
      this.#idleUntil = this.#clock.now + this.#limits.upstreamIdle
      if (this.#state === 'retiring') this.#finish()
      this.#pingAt = Number.POSITIVE_INFINITY
    }
    if (this.room > 0) this.#owner.hasRoom(this)
  }

  /** One of its streams is reset. */
  cancelling(): void {
    if (++this.#cancelled >= maximumCancelled && this.#owner.mayReplace()) this.retire()
  }

  /** Something has come from the backend. */
  heard(): void {
    if (this.#pingAt !== Number.POSITIVE_INFINITY) this.#pingAt = this.#clock.now + silence
  }

  /** Monotonic milliseconds. */
  get now(): number {
    return this.#clock.now
  }

  sweep(now: number): void {
    if (this.#cancelled > 0) this.#cancelled--
    for (const channel of this.#channels) if (channel.deadline <= now) channel.expire()
    if (this.#state === 'connecting') {
      if (this.#connectBy <= now) this.destroy('timeout')
    } else if (this.#pongBy <= now) this.destroy('ping-timeout')
    else if (this.#closeBy <= now) this.destroy('closed')
    else if (this.#state === 'ready' && (this.#idleUntil <= now || this.#retireAt <= now)) {
      this.#outlived = true
      this.retire()
    } else if (this.#pingAt <= now) this.#ping(now)
  }

  /** Takes no more exchanges, and closes when those in flight are through. */
  retire(): void {
    if (this.#state !== 'ready') return
    this.#state = 'retiring'
    if (this.#channels.size === 0) this.#finish()
    if (!this.#useless) this.#owner.retired()
  }

  destroy(failure: string): void {
    this.#failure ??= failure
    // Without a code, node:http2 ends the streams as if their answers were whole.
    if (this.#channels.size > 0) this.#session?.destroy(new Error(failure), cancel)
    else this.#session?.destroy()
    this.#socket.destroy()
  }

  /** Says goodbye and closes. Not at once: the caller may have been called by nghttp2, in the middle of what it has received. */
  #finish(): void {
    this.#closeBy = this.#clock.now + this.#limits.connect
    setImmediate(() => this.#session!.destroy())
  }

  #start(open: OpenSession, origin: BackendOrigin): void {
    if (this.#state !== 'connecting') return
    // Never anything else than what the project says: no silent way back to HTTP/1.1.
    if (origin.secure && (!('alpnProtocol' in this.#socket) || this.#socket.alpnProtocol !== 'h2')) return this.destroy('no-http2')
    const session = open(this.#socket, origin)
    this.#session = session
    session.on('error', (error) => this.#failed(error))
    session.once('close', () => this.#closed())
    // The first frame of a backend (RFC 9113 §3.4). Whoever does not speak HTTP/2 never sends it.
    session.on('remoteSettings', () => {
      if (this.#state === 'connecting') {
        this.#state = 'ready'
        this.#idleUntil = this.#clock.now + this.#limits.upstreamIdle
      }
      if (this.room > 0) this.#owner.hasRoom(this)
    })
    session.on('goaway', () => this.retire())
    // node:http2 calls it at a GOAWAY, and hears no more of errors and of the connection's end while streams are open: `#finish` comes
    // when they are not.
    session.close = () => {}
  }

  /** node:http2 gives the session's errors to the socket as well. Its codes become one word, or two; those of sockets stay. */
  #failed({ code = 'error' }: NodeJS.ErrnoException): void {
    const own = this.#state === 'connecting' ? 'not-http2' : 'session-error'
    this.#failure ??= /^ERR_(?!SSL_|TLS_)/.test(code) ? own : code
  }

  #ping(now: number): void {
    if (this.#session!.destroyed) return
    this.#pingAt = now + nextPing
    this.#pongBy = now + pongWithin
    this.#session!.ping(() => {
      this.#pongBy = Number.POSITIVE_INFINITY
    })
  }

  /** One that leaves before it has taken anything is no better than one that could not be reached: dialling on would never end. */
  get #useless(): boolean {
    return this.#opened === 0 && !this.#outlived
  }

  #closed(): void {
    if (this.#state === 'closed') return
    const useless = this.#state === 'connecting' || this.#useless
    this.#state = 'closed'
    this.#owner.closed(this, useless ? dialFailure(this.#failure ?? 'closed') : null)
  }
}
