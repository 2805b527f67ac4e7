/**
 * One connection of an HTTP/2 client: chosen by ALPN on TLS, or by the preface in cleartext. node:http2 does the protocol; the bounds
 * on what a client may make it do are set and kept here.
 */
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { ClientSession, ListenerParts, SessionOwner } from '../listener/client-session.ts'
import type { Peer } from '../listener/peer.ts'
import { describeBug } from '../observability/bug.ts'
import { ClientStream, type StreamOwner } from './client-stream.ts'
import { errorCodes } from './error-codes.ts'
import { keepNative } from './native-session.ts'
import { sessionOptions } from './session-options.ts'

/**
 * Requests given up by the client or reset for its errors, after which the connection is ended (CVE-2023-44487). Some are forgotten at each
 * sweep, and one with each that is served.
 */
const maximumCancelled = 200
const cancelledForgotten = 5
/** PING and SETTINGS frames between two sweeps, and bytes of the frame that acknowledges one, at the most. */
const maximumControl = 100
const acknowledgement = 17
/** Bytes of requests' content that may wait for the backends of all streams together. */
const connectionWindow = 1024 * 1024
/** When the gateway stops: how long requests that are on their way are still taken; and how long a session may take to end. */
const lastRequestMilliseconds = 1000
/** Milliseconds of silence after which a client with requests in hand is asked whether it is there, and until it must have said something. */
const silence = 60_000
const pongWithin = 20_000
const endsFlag = 0x1

export class Http2ClientSession implements ClientSession, StreamOwner {
  readonly parts: ListenerParts
  readonly peer: Peer
  readonly #listener: SessionOwner
  readonly #socket: Socket
  readonly #streams: Set<ClientStream> = new Set()
  #session: ServerHttp2Session | null = null
  /** Monotonic milliseconds; infinite while there are streams. */
  #deadline: number
  /** From then on no new stream is taken. */
  #closesAt: number = Number.POSITIVE_INFINITY
  /** No new stream is taken. */
  #closing: boolean = false
  /** node:http2's way to close a session in order, for one without streams. */
  #finish: () => void = () => {}
  /** Bytes that had come from the client at the last sweep, and when it is asked or given up unless more come. */
  #received: number = 0
  #pingAt: number = Number.POSITIVE_INFINITY
  #pongBy: number = Number.POSITIVE_INFINITY
  #cancelled: number = 0
  #control: number = 0
  /** Bytes of acknowledgements, and what else had been sent when the last control frame came. */
  #acknowledged: number = 0
  #sent: number = 0
  #ended: boolean = false

  /** `received`: what the client has sent already, which nobody else reads; the socket gives nothing more until it is resumed. */
  constructor(socket: Socket, received: Buffer | null, peer: Peer, parts: ListenerParts, listener: SessionOwner) {
    this.#socket = socket
    this.peer = peer
    this.parts = parts
    this.#listener = listener
    this.#deadline = parts.time.now + parts.plan.timeouts.head
    socket.on('error', () => socket.destroy())
    // A client that has closed its side is gone, as with HTTP/1.1.
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.#closed())
    import('node:http2')
      .then((http2) => this.#begin(http2, received))
      .catch((error: unknown) => {
        parts.log.event('error', 'bug', describeBug(error))
        socket.destroy()
      })
  }

  #begin(http2: typeof import('node:http2'), received: Buffer | null): void {
    if (this.#socket.destroyed) return
    if (received !== null) this.#socket.unshift(received)
    const options = sessionOptions(this.parts.plan.limits, this.peer.speaksForOthers ? 'proxy' : 'client')
    const session = http2.performServerHandshake(this.#socket, options)
    this.#session = session
    keepNative(session)
    session.on('stream', (stream, _headers, flags, list) => this.#open(stream, flags, list))
    session.on('ping', () => this.#countControl())
    session.on('remoteSettings', () => this.#countControl())
    session.on('error', () => session.destroy())
    session.on('close', () => this.#socket.destroy())
    // Streams that came before it are told of in the next tick.
    session.on('goaway', () => process.nextTick(() => this.#endBehindStreams()))
    // node:http2 calls it at a GOAWAY, sends one too, and hears no more of errors and of the connection's end while there are streams.
    this.#finish = session.close.bind(session)
    session.close = () => {}
    session.setLocalWindowSize(connectionWindow)
    // Behind what the session does at its first tick, which is to take what was received.
    if (received !== null) process.nextTick(() => this.#socket.resume())
  }

  get busy(): number {
    return this.#streams.size
  }

  /** A request that is on its way is still taken; a later one is not, and GOAWAY tells the client which it was (RFC 9113 §6.8). */
  stop(): void {
    this.#closesAt = this.parts.time.now + lastRequestMilliseconds
  }

  destroy(): void {
    this.#socket.destroy()
  }

  sweep(now: number): void {
    this.#cancelled = Math.max(0, this.#cancelled - cancelledForgotten)
    this.#control = 0
    for (const stream of this.#streams) stream.sweep(now)
    this.#listen(now)
    // Ended for an error: what is still to be written has a moment, even if the client reads nothing.
    if (this.#session?.destroyed === true) this.#endBy(now + lastRequestMilliseconds)
    else if (this.#closesAt <= now) this.#close()
    if (this.#socket.destroyed) this.#closed()
    else if (this.#deadline <= now) this.#rested()
  }

  /** A client that has vanished says nothing and takes nothing, and neither it nor its connection need ever tell. */
  #listen(now: number): void {
    const received = this.#socket.bytesRead
    if (received !== this.#received || this.#streams.size === 0) {
      this.#received = received
      this.#pingAt = now + silence
      this.#pongBy = Number.POSITIVE_INFINITY
    } else if (this.#pongBy <= now) this.#socket.destroy()
    else if (this.#pingAt <= now && this.#session?.destroyed === false) {
      this.#pingAt = Number.POSITIVE_INFINITY
      this.#pongBy = now + pongWithin
      this.#session.ping(() => {})
    }
  }

  #rested(): void {
    if (this.#closing || this.#session === null) this.#socket.destroy()
    else this.#close()
  }

  #endBy(deadline: number): void {
    this.#closing = true
    this.#deadline = Math.min(this.#deadline, deadline)
  }

  streamClosed(stream: ClientStream, served: boolean): void {
    this.#streams.delete(stream)
    if (this.#streams.size === 0) this.#rest()
    if (!served) this.#countCancelled()
    else if (this.#cancelled > 0) this.#cancelled--
  }

  #open(stream: ServerHttp2Stream, flags: number, list: string[]): void {
    // Reset before it was looked at, or too late: no work is done for it, but it counts.
    if (stream.destroyed || stream.closed || this.#closing) {
      // An error that nobody listens for would end the process.
      stream.on('error', () => {})
      stream.close(errorCodes.refusedStream)
      this.#countCancelled()
      return
    }
    const client = new ClientStream(stream, (flags & endsFlag) !== 0, this)
    this.#streams.add(client)
    this.#deadline = Number.POSITIVE_INFINITY
    client.begin(list)
  }

  #countCancelled(): void {
    if (++this.#cancelled <= maximumCancelled) return
    if (!this.peer.speaksForOthers || this.#closing) return this.#end()
    // One of a proxy's clients has done it. What the others have begun is finished, and the proxy opens another connection.
    this.#cancelled = 0
    this.#logFlood()
    this.#close()
  }

  /** One is free with whatever else was sent: clients of gRPC measure their connection by a PING with what they get, again and again. */
  #countControl(): void {
    const sent = this.#socket.bytesWritten - this.#acknowledged
    this.#acknowledged += acknowledgement
    if (sent > this.#sent) this.#sent = sent
    else if (++this.#control > maximumControl) this.#end()
  }

  /** Ends a connection that asks for more work than requests. */
  #end(): void {
    if (this.#session === null || this.#session.destroyed) return
    this.#logFlood()
    this.#session.destroy(new Error('flood'), errorCodes.enhanceYourCalm)
  }

  #logFlood(): void {
    this.parts.log.event('warn', 'http2-flood', { address: this.peer.address })
  }

  /** There are no streams. */
  #rest(): void {
    this.#deadline = this.parts.time.now + (this.#closing ? lastRequestMilliseconds : this.parts.plan.timeouts.keepAlive)
    if (this.#closing && !this.#ended) this.#finish()
  }

  /** No new stream; the session ends with the last one, and the client has a moment to close its side. */
  #close(): void {
    if (this.#closing || this.#session === null || this.#session.destroyed) return
    if (this.#streams.size > 0) this.#session.goaway()
    this.#endBehindStreams()
  }

  #endBehindStreams(): void {
    if (this.#closing) return
    this.#closing = true
    if (this.#streams.size === 0) this.#rest()
  }

  /** The connection is gone, and so is whatever was on it, whether node:http2 says so or not. */
  #closed(): void {
    if (this.#ended) return
    this.#ended = true
    for (const stream of this.#streams) stream.lost()
    this.#listener.connectionClosed(this)
  }
}
