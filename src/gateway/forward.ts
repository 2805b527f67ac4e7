/**
 * Takes one exchange to its backend and the answer back: asks the backend for a channel, makes the request, streams both
 * bodies with back-pressure, and decides what a failure means for the client. One object for each client connection.
 */
import type { Socket } from 'node:net'
import type { RefusalKind } from '../contract/refusals.ts'
import type { Tunnel } from './capabilities/upgrade.ts'
import type { CoarseClock } from './coarse-clock.ts'
import type { Exchange } from './exchange.ts'
import { responseFields } from './http1/response-fields.ts'
import type { ResponseHead } from './http1/response-head.ts'
import type { WatchedFields } from './http1/watched-fields.ts'
import type { Metrics } from './observability/metrics.ts'
import type { OnData } from './read-buffer.ts'
import type { AnswerSink, Backend, BackendChannel, BackendRequest, Waiter } from './upstream/backend.ts'

/** The client's side of an exchange, whatever protocol it speaks. */
export type ClientSide = {
  /** The request's body, one character a byte, where all of it is here and small; else null. */
  takeWholeBody(): string | null
  /** The backend is there: read the request's body from now on. */
  startRequestBody(): void
  pauseRequestBody(): void
  resumeRequestBody(): void
  interimAnswer(head: ResponseHead): void
  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void
  answerStart(head: ResponseHead, hasBody: boolean): void
  /** False: wait for `clientDrained`. */
  answerData(chunk: Buffer, start: number, end: number): boolean
  /** `trailers`: lines that each end in CRLF, perhaps none. */
  answerEnd(trailers: string): void
  /** The answer is a 101 with `lines`, and `backend` what the client is joined with. Only for clients that have asked for it. */
  switchProtocols(head: ResponseHead, lines: string, backend: Socket): Tunnel
  /** Nothing of an answer has been sent yet. */
  refuse(kind: RefusalKind, reason: string): void
  /** An answer that has begun cannot be finished: the client must see that it is cut short. */
  cutAnswer(kind: RefusalKind, reason: string): void
}

/** RFC 9110 §9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

export class Forward implements AnswerSink, Waiter {
  readonly #client: ClientSide
  readonly #exchange: Exchange
  readonly #clock: CoarseClock
  readonly #metrics: Metrics
  #upstream: Backend | null = null
  #channel: BackendChannel | null = null
  #forwardedLines: string = ''
  #hasBody: boolean = false
  #answerStarted: boolean = false
  answerFields: WatchedFields = responseFields
  /** How many channels this exchange has been tried on. */
  tries: number = 0

  constructor(client: ClientSide, exchange: Exchange, clock: CoarseClock, metrics: Metrics) {
    this.#client = client
    this.#exchange = exchange
    this.#clock = clock
    this.#metrics = metrics
  }

  /** A new exchange, which may never come as far as a backend. */
  prepare(): void {
    this.tries = 0
    this.#answerStarted = false
  }

  /** `forwardedLines`: the X-Forwarded family, each line ending in CRLF. The exchange has a target. */
  begin(forwardedLines: string): void {
    const { head, target, operation, upgrade } = this.#exchange
    this.#forwardedLines = forwardedLines
    this.#hasBody = head.chunked || head.contentLength > 0
    this.answerFields = upgrade === null ? operation!.answerFields : upgrade.answerFields(operation!.plan.limited)
    this.tries = 1
    this.#upstream = target!.upstream
    const channel = this.#upstream.acquire(this)
    if (channel === 'waiting') return
    if (channel === 'full') this.channelFailed('no-capacity', 'pool-full')
    else this.channelReady(channel)
  }

  /** The client is gone, or the exchange is out of time. */
  abort(): void {
    this.#upstream?.cancel(this)
    this.#channel?.abort()
    this.#channel = null
    this.#upstream = null
  }

  channelReady(channel: BackendChannel): void {
    this.#channel = channel
    this.#exchange.keepSpent()
    const body = this.#hasBody ? this.#client.takeWholeBody() : ''
    const { watch, meter } = this.#exchange
    if (meter !== null && body !== null) meter.charge(body.length)
    if (watch !== null && body !== null) watch.requestData(Buffer.from(body, 'latin1'), 0, body.length)
    channel.start(this, this.#request(), body, this.#answerDeadline())
    if (body !== null) return
    this.#client.startRequestBody()
    channel.flush()
  }

  channelFailed(kind: RefusalKind, reason: string): void {
    this.#metrics.upstreamError(this.#upstream!.index, reason)
    this.#upstream = null
    this.#client.refuse(kind, reason)
  }

  /** Content of the request. False: wait for `resumeRequestBody`. */
  requestData(chunk: Buffer, start: number, end: number): boolean {
    this.#exchange.watch?.requestData(chunk, start, end)
    this.#exchange.meter?.charge(end - start)
    return this.#channel === null || this.#channel.requestData(chunk, start, end, this.#answerDeadline())
  }

  /** `trailers`: lines that each end in CRLF, perhaps none. */
  requestEnd(trailers: string): void {
    this.#channel?.requestEnd(trailers, this.#answerDeadline())
  }

  clientDrained(): void {
    this.#channel?.resume()
  }

  get answerStarted(): boolean {
    return this.#answerStarted
  }

  // The backend's side

  interimAnswer(head: ResponseHead): void {
    this.#client.interimAnswer(head)
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    this.#channel = null
    this.#answerStarted = true
    this.#exchange.operation!.cors?.answered(this.#exchange, head)
    this.#exchange.watch?.answered(head.status)
    this.#exchange.meter?.charge(end - start)
    this.#client.wholeAnswer(head, chunk, start, end)
  }

  answerStart(head: ResponseHead, hasBody: boolean): number {
    const { bodyIdle, streamIdle, cors } = this.#exchange.operation!
    const streams = hasBody && head.streams
    this.#exchange.streams = streams
    this.#answerStarted = true
    cors?.answered(this.#exchange, head)
    this.#exchange.watch?.answered(head.status)
    this.#client.answerStart(head, hasBody)
    return streams ? streamIdle : bodyIdle
  }

  bodyData(chunk: Buffer, start: number, end: number): void {
    this.#exchange.meter?.charge(end - start)
    if (!this.#client.answerData(chunk, start, end)) this.#channel?.pause()
  }

  answerEnd(trailers: string): void {
    this.#channel = null
    this.#client.answerEnd(trailers)
  }

  protocolsSwitched(head: ResponseHead, socket: Socket, first: Buffer): OnData | null {
    const upgrade = this.#exchange.upgrade!
    const lines = upgrade.accept(head)
    if (lines === null) {
      this.exchangeFailed('bad-answer', 'bad-upgrade', false)
      return null
    }
    this.#channel = null
    this.#answerStarted = true
    const tunnel = this.#client.switchProtocols(head, lines, socket)
    if (first.length > 0) tunnel.fromBackend(first)
    return (chunk) => tunnel.fromBackend(chunk)
  }

  backendDrained(): void {
    this.#client.resumeRequestBody()
  }

  exchangeFailed(kind: RefusalKind, reason: string, untouched: boolean): void {
    this.#channel = null
    if (untouched && !this.#hasBody && this.tries === 1 && idempotent.has(this.#exchange.head.method)) {
      // The backend closed the idle connection as the request was on its way (RFC 9112 §9.3.1).
      this.tries = 2
      if (this.#upstream!.acquireFresh(this) === 'full') this.channelFailed('no-capacity', 'pool-full')
      return
    }
    this.#metrics.upstreamError(this.#upstream!.index, reason)
    this.#upstream = null
    if (this.#answerStarted) this.#client.cutAnswer(kind, reason)
    else this.#client.refuse(kind, reason)
  }

  #answerDeadline(): number {
    return this.#clock.now + this.#exchange.operation!.plan.answerTimeout
  }

  #request(): BackendRequest {
    const { head, path, query, requestId, target, protocol, upgrade, backendFields } = this.#exchange
    const { pathPrefix, basePathLength } = target!
    const rest = path.slice(basePathLength)
    return {
      method: head.method,
      target: `${pathPrefix}${rest === '' && pathPrefix === '' ? '/' : rest}${query}`,
      fields: `${head.forwarded}${this.#forwardedLines}X-Request-Id: ${requestId}\r\nVia: ${protocol} postern\r\n${backendFields}${upgrade === null ? '' : upgrade.fields}`,
      contentLength: head.contentLength,
      chunked: head.chunked,
      upgrade: upgrade !== null,
    }
  }
}
