/** Writes answers to a stream of an HTTP/2 client: a backend's, and the gateway's own refusals, which gRPC's clients get as a status. */
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { grpcStatuses, type RefusalKind, refusals } from '../../contract/refusals.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { requestSlots } from '../http1/request-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { ListenerParts } from '../listener/client-session.ts'
import type { GrpcStatus } from '../observability/grpc-table.ts'
import { grpcStatusIn, grpcStatusLines } from './grpc.ts'
import { addLines, allowedTrailers, newHeaders } from './header-fields.ts'

/** It has no content (RFC 9110 §15.3.6), and node:http2 ends the stream with its head. */
const resetContent = 205

export class StreamAnswer {
  readonly #stream: ServerHttp2Stream
  readonly #exchange: Exchange
  readonly #parts: ListenerParts
  /** Lines that follow the content; null where the answer's head has said that there are none. */
  #trailers: string | null = null
  #trailersSent: boolean = false
  #whenSaid: (() => void) | null = null
  /** 0 until a head has been written. */
  status: number = 0
  bytes: number = 0
  /** The client speaks gRPC: it looks for a status of its own, not for HTTP's. */
  grpc: boolean = false
  /** What that client was told. */
  grpcStatus: GrpcStatus = 'none'

  constructor(stream: ServerHttp2Stream, exchange: Exchange, parts: ListenerParts) {
    this.#stream = stream
    this.#exchange = exchange
    this.#parts = parts
  }

  interim(status: number, lines: string): void {
    const headers = newHeaders()
    headers[':status'] = status
    addLines(headers, lines)
    this.#stream.additionalHeaders(headers)
  }

  whole(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    const headers = this.#headers(head)
    const length = head.status === resetContent ? 0 : end - start
    headers['content-length'] = length
    this.bytes = length
    // gRPC's clients take a status that comes with the head only where the head ends the stream.
    if (length === 0) {
      this.#noteStatus(head.forwarded)
      this.#stream.respond(headers, { endStream: true })
    } else {
      this.#stream.respond(headers)
      this.#stream.end(Buffer.from(chunk.subarray(start, end)))
    }
  }

  start(head: ResponseHead, hasBody: boolean): void {
    const headers = this.#headers(head)
    const follows = hasBody && head.status !== resetContent
    if (head.contentLength !== -1 && head.status !== 204 && head.status !== resetContent) headers['content-length'] = head.contentLength
    // Where the length is known there is nothing to say behind it, and each announcement costs a frame.
    const waitForTrailers = follows && head.contentLength === -1
    this.#stream.respond(headers, { endStream: !follows, waitForTrailers })
    if (!follows) this.#noteStatus(head.forwarded)
    if (!waitForTrailers) return
    this.#trailers = ''
    this.#stream.once('wantTrailers', () => this.#sendTrailers())
  }

  /** False: the client does not keep up; wait until the stream has drained. */
  data(chunk: Buffer, start: number, end: number): boolean {
    if (this.status === resetContent) return true
    this.bytes += end - start
    return this.#stream.write(Buffer.from(chunk.subarray(start, end)))
  }

  /** `trailers`: lines that each end in CRLF. */
  end(trailers: string): void {
    if (this.#trailers !== null) {
      this.#trailers = trailers
      this.#noteStatus(trailers)
    }
    this.#stream.end()
  }

  refuse({ kind, fields }: Refusal): void {
    const { head, requestId, answerFields } = this.#exchange
    const answer = this.#parts.refusalWriter(kind, head.value(requestSlots.accept))
    const headers = newHeaders()
    this.status = this.grpc ? 200 : answer.status
    headers[':status'] = this.status
    headers['x-request-id'] = requestId
    addLines(headers, `${this.#parts.date.current()}${answerFields}${fields}`)
    if (this.grpc) {
      headers['content-type'] = 'application/grpc'
      const lines = grpcRefusal(kind)
      this.#noteStatus(lines)
      addLines(headers, lines)
      this.#stream.respond(headers, { endStream: true })
      return
    }
    addLines(headers, answer.fields)
    const body = head.method === 'HEAD' ? '' : answer.body
    this.bytes = Buffer.byteLength(body)
    this.#stream.respond(headers, { endStream: body === '' })
    if (body !== '') this.#stream.end(body)
  }

  /** 204, with nothing but the exchange's own fields. */
  noContent(): void {
    const { requestId, answerFields } = this.#exchange
    const headers = newHeaders()
    this.status = 204
    headers[':status'] = 204
    addLines(headers, `${this.#parts.date.current()}X-Request-Id: ${requestId}\r\n${answerFields}`)
    this.#stream.respond(headers, { endStream: true })
  }

  /** The answer has begun and cannot be finished: by the status that gRPC's clients wait for, else by a reset. */
  cut(kind: RefusalKind): void {
    if (this.grpc && this.#trailers !== null) this.end(grpcRefusal(kind))
    else this.reset()
  }

  /** Calls `then` when nothing of the answer is kept back any more; a stream that is closed before loses its trailers. */
  whenSaid(then: () => void): void {
    if (this.#trailers === null || this.#trailersSent) then()
    else this.#whenSaid = then
  }

  #said(): void {
    this.#trailersSent = true
    this.#whenSaid?.()
  }

  /** By INTERNAL_ERROR. Closing the stream would first end it in order, and what came of the answer would pass for the whole. */
  reset(): void {
    this.#stream.destroy(new Error('reset'))
  }

  /** Of the lines that end the stream: gRPC's clients look at no others. */
  #noteStatus(lines: string): void {
    if (this.grpc) this.grpcStatus = grpcStatusIn(lines)
  }

  #headers(head: ResponseHead): OutgoingHttpHeaders {
    const { requestId, answerFields } = this.#exchange
    this.status = head.status
    const headers = newHeaders()
    headers[':status'] = head.status
    addLines(headers, head.forwarded)
    if (!head.hasDate) addLines(headers, this.#parts.date.current())
    headers['x-request-id'] = requestId
    addLines(headers, answerFields)
    return headers
  }

  #sendTrailers(): void {
    if (this.#stream.destroyed || this.#stream.closed) return
    const headers = newHeaders()
    addLines(headers, allowedTrailers(this.#trailers ?? ''))
    this.#stream.sendTrailers(headers)
    // node:http2 writes them at the end of this turn.
    setImmediate(() => this.#said())
  }
}

function grpcRefusal(kind: RefusalKind): string {
  const { status, detail } = refusals[kind]
  return grpcStatusLines(grpcStatuses[status] ?? 2, detail)
}
