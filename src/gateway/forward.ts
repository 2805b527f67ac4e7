/**
 * Takes one exchange to its backend and the answer back: asks the pool for a connection, makes the request's head, streams both
 * bodies with back-pressure, and decides what a failure means for the client. One object for each client connection.
 */
import type { RefusalKind } from '../contract/refusals.ts'
import type { CoarseClock } from './coarse-clock.ts'
import type { Exchange } from './exchange.ts'
import { limitedResponseFields, responseFields } from './http1/response-fields.ts'
import type { ResponseHead } from './http1/response-head.ts'
import type { WatchedFields } from './http1/watched-fields.ts'
import type { Metrics } from './observability/metrics.ts'
import type { AnswerSink, BackendConnection } from './upstream/backend-connection.ts'
import type { Upstream, Waiter } from './upstream/upstream.ts'
import { writeCopy } from './write-copy.ts'

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
  answerEnd(): void
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
  #upstream: Upstream | null = null
  #connection: BackendConnection | null = null
  #forwardedLines: string = ''
  #hasBody: boolean = false
  #answerStarted: boolean = false
  answerFields: WatchedFields = responseFields
  /** How many connections this exchange has been tried on. */
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
    const { head, target, answerFields } = this.#exchange
    this.#forwardedLines = forwardedLines
    this.#hasBody = head.chunked || head.contentLength > 0
    this.answerFields = answerFields === '' ? responseFields : limitedResponseFields
    this.tries = 1
    this.#upstream = target!.upstream
    const connection = this.#upstream.acquire(this)
    if (connection === 'waiting') return
    if (connection === 'full') this.connectionFailed('no-capacity', 'pool-full')
    else this.connectionReady(connection)
  }

  /** The client is gone, or the exchange is out of time. */
  abort(): void {
    this.#upstream?.cancel(this)
    this.#connection?.abort()
    this.#connection = null
    this.#upstream = null
  }

  connectionReady(connection: BackendConnection): void {
    const { head } = this.#exchange
    this.#connection = connection
    const body = this.#hasBody ? this.#client.takeWholeBody() : ''
    // The head goes out together with the part of the body that has already come.
    if (body === null) connection.socket.cork()
    connection.start(this, this.#requestHead() + (body ?? ''), {
      expectsBody: head.method !== 'HEAD',
      requestSent: body !== null,
      deadline: this.#answerDeadline(),
    })
    if (body !== null) return
    this.#client.startRequestBody()
    connection.socket.uncork()
  }

  connectionFailed(kind: RefusalKind, reason: string): void {
    this.#metrics.upstreamError(this.#upstream!.index, reason)
    this.#upstream = null
    this.#client.refuse(kind, reason)
  }

  /** Content of the request. False: wait for `resumeRequestBody`. */
  requestData(chunk: Buffer, start: number, end: number): boolean {
    const connection = this.#connection
    if (connection === null) return true
    connection.postpone(this.#answerDeadline())
    const { socket } = connection
    if (!this.#exchange.head.chunked) return writeCopy(socket, chunk, start, end)
    socket.cork()
    socket.write(`${(end - start).toString(16)}\r\n`, 'latin1')
    writeCopy(socket, chunk, start, end)
    const flowing = socket.write('\r\n', 'latin1')
    socket.uncork()
    return flowing
  }

  requestEnd(): void {
    const connection = this.#connection
    if (connection === null) return
    if (this.#exchange.head.chunked) connection.socket.write('0\r\n\r\n', 'latin1')
    connection.requestSent(this.#answerDeadline())
  }

  clientDrained(): void {
    this.#connection?.resume()
  }

  get answerStarted(): boolean {
    return this.#answerStarted
  }

  // The backend's side

  interimAnswer(head: ResponseHead): void {
    this.#client.interimAnswer(head)
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    this.#connection = null
    this.#answerStarted = true
    this.#client.wholeAnswer(head, chunk, start, end)
  }

  answerStart(head: ResponseHead, hasBody: boolean): void {
    this.#answerStarted = true
    this.#client.answerStart(head, hasBody)
  }

  bodyData(chunk: Buffer, start: number, end: number): void {
    if (!this.#client.answerData(chunk, start, end)) this.#connection?.pause()
  }

  answerEnd(): void {
    this.#connection = null
    this.#client.answerEnd()
  }

  backendDrained(): void {
    this.#client.resumeRequestBody()
  }

  exchangeFailed(kind: RefusalKind, reason: string, untouched: boolean): void {
    this.#connection = null
    if (untouched && !this.#hasBody && this.tries === 1 && idempotent.has(this.#exchange.head.method)) {
      // The backend closed the idle connection as the request was on its way (RFC 9112 §9.3.1).
      this.tries = 2
      if (this.#upstream!.acquireFresh(this) === 'full') this.connectionFailed('no-capacity', 'pool-full')
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

  #requestHead(): string {
    const { head, path, query, requestId, target } = this.#exchange
    const { upstream, pathPrefix, basePathLength } = target!
    const rest = path.slice(basePathLength)
    const framing = head.chunked
      ? 'Transfer-Encoding: chunked\r\n'
      : head.contentLength === -1
        ? ''
        : `Content-Length: ${head.contentLength}\r\n`
    return `${head.method} ${pathPrefix}${rest === '' && pathPrefix === '' ? '/' : rest}${query} HTTP/1.1\r\nHost: ${upstream.origin.authority}\r\n${head.forwarded}${this.#forwardedLines}X-Request-Id: ${requestId}\r\nVia: 1.${head.minorVersion} postern\r\n${framing}\r\n`
  }
}
