/**
 * Writes answers to an HTTP/1.1 client: a backend's, with the framing made anew, and the gateway's own refusals. A head and a small
 * body, or the start of a large one, go out in one write.
 */
import type { Socket } from 'node:net'
import type { Exchange, Refusal } from '../exchange.ts'
import { requestSlots } from '../http1/request-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { RefusalWriter } from '../refuse.ts'
import { writeCopy } from '../write-copy.ts'
import type { DateLine } from './date-line.ts'

/** Answers up to this length are sent together with their head as one string. */
const maximumJoined = 16 * 1024

export class AnswerWriter {
  readonly #socket: Socket
  readonly #exchange: Exchange
  readonly #date: DateLine
  readonly #refusals: RefusalWriter
  #chunked: boolean = false
  /** The connection goes on after this answer; until the head is written it may be set to false. */
  keepAlive: boolean = true
  /** 0 until a head has been written. */
  status: number = 0
  bytes: number = 0
  /** The answer ends where the connection does, for an HTTP/1.0 client. */
  closeDelimited: boolean = false

  constructor(socket: Socket, exchange: Exchange, date: DateLine, refusals: RefusalWriter) {
    this.#socket = socket
    this.#exchange = exchange
    this.#date = date
    this.#refusals = refusals
  }

  begin(keepAlive: boolean): void {
    this.keepAlive = keepAlive
    this.status = 0
    this.bytes = 0
    this.closeDelimited = false
  }

  /** 100 is the gateway's own to give; other interim answers are passed on (RFC 9110 §15.2), but not to clients that know none. */
  interim(statusText: string, fields: string): void {
    if (this.#exchange.head.minorVersion === 1) this.#socket.write(`HTTP/1.1 ${statusText}\r\n${fields}\r\n`, 'latin1')
  }

  whole(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    const text = this.#head(head, `Content-Length: ${end - start}\r\n`)
    this.bytes = end - start
    if (end - start <= maximumJoined) this.#socket.write(text + chunk.toString('latin1', start, end))
    else {
      this.#socket.cork()
      this.#socket.write(text, 'latin1')
      writeCopy(this.#socket, chunk, start, end)
      this.#socket.uncork()
    }
  }

  start(head: ResponseHead, hasBody: boolean): void {
    const unknownLength = hasBody && head.contentLength === -1
    this.#chunked = unknownLength && this.#exchange.head.minorVersion === 1
    this.closeDelimited = unknownLength && !this.#chunked
    if (this.closeDelimited) this.keepAlive = false
    const length = head.contentLength === -1 || head.status === 204 ? '' : `Content-Length: ${head.contentLength}\r\n`
    // Goes out together with the first content, which follows at once where it has already come.
    this.#socket.cork()
    this.#socket.write(this.#head(head, this.#chunked ? 'Transfer-Encoding: chunked\r\n' : length), 'latin1')
    process.nextTick(uncork, this.#socket)
  }

  /** `lines`: those of the switch itself, each ending in CRLF. */
  switchProtocols(head: ResponseHead, lines: string): void {
    const { requestId, answerFields } = this.#exchange
    const date = head.hasDate ? '' : this.#date.current()
    this.status = 101
    this.#socket.write(`HTTP/1.1 ${head.statusText}\r\n${lines}${head.forwarded}${date}X-Request-Id: ${requestId}\r\n${answerFields}\r\n`)
  }

  /** False: the client does not keep up; wait until the socket has drained. */
  data(chunk: Buffer, start: number, end: number): boolean {
    this.bytes += end - start
    if (!this.#chunked) return writeCopy(this.#socket, chunk, start, end)
    this.#socket.cork()
    this.#socket.write(`${(end - start).toString(16)}\r\n`, 'latin1')
    writeCopy(this.#socket, chunk, start, end)
    const flowing = this.#socket.write('\r\n', 'latin1')
    this.#socket.uncork()
    return flowing
  }

  end(): void {
    if (this.#chunked) this.#socket.write('0\r\n\r\n', 'latin1')
    this.#chunked = false
  }

  refuse({ kind, fields }: Refusal): void {
    const { head, requestId, answerFields } = this.#exchange
    const answer = this.#refusals(kind, head.value(requestSlots.accept))
    const body = head.method === 'HEAD' ? '' : answer.body
    if (answer.closes) this.keepAlive = false
    this.status = answer.status
    this.bytes = body.length
    this.#socket.write(
      `HTTP/1.1 ${answer.statusText}\r\n${this.#date.current()}X-Request-Id: ${requestId}\r\n${answerFields}${fields}${answer.fields}${this.#connection()}\r\n${body}`,
      'utf8',
    )
  }

  /** 204, with nothing but the exchange's own fields. */
  noContent(): void {
    const { requestId, answerFields } = this.#exchange
    this.status = 204
    this.#socket.write(
      `HTTP/1.1 204 No Content\r\n${this.#date.current()}X-Request-Id: ${requestId}\r\n${answerFields}${this.#connection()}\r\n`,
    )
  }

  #head(head: ResponseHead, framing: string): string {
    const { requestId, answerFields } = this.#exchange
    const date = head.hasDate ? '' : this.#date.current()
    this.status = head.status
    return `HTTP/1.1 ${head.statusText}\r\n${head.forwarded}${date}X-Request-Id: ${requestId}\r\n${answerFields}${framing}${this.#connection()}\r\n`
  }

  #connection(): string {
    if (!this.keepAlive) return 'Connection: close\r\n'
    return this.#exchange.head.minorVersion === 1 ? '' : 'Connection: keep-alive\r\n'
  }
}

function uncork(socket: Socket): void {
  socket.uncork()
}
