/** One stream of an HTTP/2 connection to a backend: one request and its answer. */
import type { ClientHttp2Stream } from 'node:http2'
import type { RefusalKind } from '../../contract/refusals.ts'
import { ResponseHead } from '../http1/response-head.ts'
import type { AnswerSink, BackendChannel, BackendRequest } from './backend.ts'
import { answerText, type HeaderList, listSize, requestHeaders, trailerLines, trailerObject } from './http2-heads.ts'
import type { Http2Session } from './http2-session.ts'

/** Bytes of an answer's head, and interim answers before it: as for HTTP/1.1. */
const maximumHead = 32 * 1024
const maximumInterim = 16

/** Error codes of RFC 9113 §7 that the channel gives or must know. */
const noError = 0
const cancel = 8
const refusedStream = 7

/** Flag END_STREAM of a HEADERS frame (RFC 9113 §6.2). */
const endStreamFlag = 1

/** What is logged where a stream is reset: RFC 9113 §7, by code. */
const resetReasons = [
  'stream-cut',
  'stream-protocol-error',
  'stream-internal-error',
  'stream-flow-control-error',
  'stream-settings-timeout',
  'stream-closed',
  'stream-frame-size-error',
  'stream-refused',
  'stream-cancelled',
  'stream-compression-error',
  'stream-connect-error',
  'stream-enhance-your-calm',
  'stream-inadequate-security',
  'stream-http-1.1-required',
] as const

const nothing = Buffer.alloc(0)

/** One for all streams: what it holds is used up before the next head is read. */
const head = new ResponseHead()

export class Http2Channel implements BackendChannel {
  readonly #session: Http2Session
  #stream: ClientHttp2Stream | null = null
  #sink: AnswerSink | null = null
  /** Monotonic milliseconds; the session's sweep calls `expire` when it has passed. */
  deadline: number = Number.POSITIVE_INFINITY
  #answered: boolean = false
  #reading: boolean = false
  #interim: number = 0
  /** Milliseconds for which the answer's content may rest. */
  #rest: number = 0
  #isHead: boolean = false
  /** Content bytes that must still come; -1 where that is not known. */
  #missing: number = -1
  #trailers: string = ''
  #requestTrailers: string = ''

  constructor(session: Http2Session) {
    this.#session = session
  }

  start(sink: AnswerSink, request: BackendRequest, body: string | null, deadline: number): void {
    this.#sink = sink
    this.deadline = deadline
    this.#isHead = request.method === 'HEAD'
    const fields = requestHeaders(request, this.#session.scheme, this.#session.authority)
    if (listSize(fields) > this.#session.maxHeaderList) return this.#failSoon('head-too-large', 'request-head-too-large', false)
    const stream = this.#session.open(fields, body)
    if (stream === null) return this.#failSoon('bad-answer', 'session-closed', true)
    this.#stream = stream
    stream.on('headers', (_headers, _flags, list) => this.#readInterim(list))
    stream.once('response', (_headers, flags, list) => this.#readHead(list, (flags & endStreamFlag) !== 0))
    stream.on('trailers', (_headers, _flags, list) => this.#readTrailers(list))
    stream.on('drain', () => this.#sink?.backendDrained())
    stream.on('wantTrailers', () => this.#sendTrailers(stream))
    // Every end of a stream is looked at when it closes.
    stream.on('error', () => {})
    stream.once('close', () => this.#closed(stream.rstCode))
    if (body !== null && body !== '') stream.end(body, 'latin1')
  }

  /** The caller is still at the start of this exchange; it hears of the end when it is through. */
  #failSoon(kind: RefusalKind, reason: string, untouched: boolean): void {
    process.nextTick(() => {
      this.#session.released(this)
      this.#fail(kind, reason, untouched)
    })
  }

  /** node:http2 gathers what is written in one turn by itself. */
  flush(): void {}

  requestData(chunk: Buffer, start: number, end: number, deadline: number): boolean {
    this.#postpone(deadline)
    const stream = this.#stream
    // A stream that is gone says so by its `close`, which is on its way.
    return stream === null || !stream.writable || stream.write(Buffer.from(chunk.subarray(start, end)))
  }

  requestEnd(trailers: string, deadline: number): void {
    this.#requestTrailers = trailers
    this.#postpone(deadline)
    this.#stream?.end()
  }

  pause(): void {
    this.#stream?.pause()
    // How long the client may take to read is the client connection's question.
    this.deadline = Number.POSITIVE_INFINITY
  }

  resume(): void {
    if (!this.#reading || this.#stream?.isPaused() !== true) return
    this.#await()
    this.#stream.resume()
  }

  abort(): void {
    this.#sink = null
    this.#reset()
  }

  /** Called when `deadline` has passed. */
  expire(): void {
    this.#fail('answer-timeout', this.#reading ? 'body-timeout' : 'answer-timeout', false)
  }

  /** The request is still coming: the backend has until `deadline` to begin its answer, or to take more. */
  #postpone(deadline: number): void {
    if (!this.#reading) this.deadline = deadline
  }

  #sendTrailers(stream: ClientHttp2Stream): void {
    try {
      stream.sendTrailers(trailerObject(this.#requestTrailers))
    } catch {
      // The stream has just gone, which its `close` will say.
      this.#reset()
    }
  }

  /** More of the content is to come. */
  #await(): void {
    this.deadline = this.#session.now + this.#rest
  }

  #readInterim(list: HeaderList): void {
    this.#answered = true
    const sink = this.#sink
    if (sink === null) return
    if (this.#reading || ++this.#interim > maximumInterim) return this.#fail('bad-answer', 'unexpected-interim', false)
    if (!this.#parse(list, sink)) return
    if (head.status === 101) this.#fail('bad-answer', 'unexpected-interim', false)
    else if (head.status !== 100) sink.interimAnswer(head)
  }

  #readHead(list: HeaderList, endsHere: boolean): void {
    this.#answered = true
    this.#session.heard()
    const sink = this.#sink
    if (sink === null || !this.#parse(list, sink)) return
    const hasBody = !this.#isHead && head.status !== 204 && head.status !== 304
    if (!hasBody) {
      this.#settle()
      sink.answerStart(head, false)
      sink.answerEnd('')
    } else if (endsHere) {
      this.#settle()
      sink.wholeAnswer(head, nothing, 0, 0)
    } else {
      this.#reading = true
      this.#missing = head.contentLength
      this.#rest = sink.answerStart(head, true)
      this.#await()
      this.#readBody()
    }
  }

  /** False: the exchange has failed. */
  #parse(list: HeaderList, sink: AnswerSink): boolean {
    const text = answerText(list)
    if (text === null || head.read(Buffer.from(text, 'latin1'), 0, sink.answerFields) !== true)
      this.#fail('bad-answer', 'malformed-head', false)
    else if (text.length > maximumHead) this.#fail('bad-answer', 'head-too-large', false)
    else return true
    return false
  }

  #readBody(): void {
    // The client may have gone while the head was written to it.
    const stream = this.#stream
    if (stream === null || this.#sink === null) return
    stream.on('data', (chunk: Buffer) => {
      this.#session.heard()
      if (this.#sink === null) return
      this.#await()
      if (this.#missing !== -1) {
        this.#missing -= chunk.length
        if (this.#missing < 0) return this.#fail('bad-answer', 'malformed-body', false)
      }
      this.#sink.bodyData(chunk, 0, chunk.length)
    })
    stream.once('end', () => this.#ended(stream.rstCode))
  }

  #readTrailers(list: HeaderList): void {
    const lines = trailerLines(list)
    if (lines === null) this.#fail('bad-answer', 'malformed-trailers', false)
    else this.#trailers = lines
  }

  /** A stream that was reset ends too: only one that was not has been ended by its backend. */
  #ended(code: number): void {
    const sink = this.#sink
    if (sink === null || code !== noError) return
    if (this.#missing > 0) return this.#fail('bad-answer', 'malformed-body', false)
    this.#settle()
    sink.answerEnd(this.#trailers)
  }

  /** The answer is complete; what is left of the request is not wanted. */
  #settle(): void {
    this.#sink = null
    this.deadline = Number.POSITIVE_INFINITY
    this.#session.used = true
    if (this.#stream?.writableEnded !== true) this.#reset()
    // Nobody takes what may follow, and a stream that is not read does not close.
    else this.#stream.resume()
  }

  #reset(): void {
    this.deadline = Number.POSITIVE_INFINITY
    if (this.#stream === null || this.#stream.closed) return
    this.#session.cancelling()
    this.#stream.close(cancel)
  }

  #fail(kind: RefusalKind, reason: string, untouched: boolean): void {
    const sink = this.#sink
    this.#sink = null
    this.#reset()
    sink?.exchangeFailed(kind, reason, untouched)
  }

  #closed(code: number): void {
    this.#session.released(this)
    const gone = this.#session.failure
    // A stream that was refused has not been looked at (RFC 9113 §8.7); a connection that was used before may have been closed meanwhile.
    const untouched = !this.#answered && (code === refusedStream || (gone !== null && this.#session.used))
    this.#fail('bad-answer', gone ?? resetReasons[code] ?? 'stream-reset', untouched)
  }
}
