/**
 * One HTTP/1.1 connection to a backend: sends one request at a time and reads its answer. Bytes that nobody asked for poison the
 * connection, which is then closed and never used again.
 */
import type { Socket } from 'node:net'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import { BodyReader } from '../http1/body-reader.ts'
import { ResponseHead } from '../http1/response-head.ts'
import { keepAliveProbesAfter } from '../keep-alive.ts'
import type { OnData } from '../read-buffer.ts'
import { writeCopy } from '../write-copy.ts'
import type { AnswerSink, BackendChannel, BackendRequest } from './backend.ts'
import type { Address, Dial } from './dial.ts'
import { dialFailure, failureReason } from './dial-failure.ts'

const lineFeed = 0x0a

/** Bytes of an answer's head. */
const maximumHead = 32 * 1024
/** Interim answers (1xx) before the final one. */
const maximumInterim = 16

/** What a connection tells the pool that it belongs to. */
export type ConnectionOwner = {
  connected(connection: BackendConnection): void
  released(connection: BackendConnection): void
  /** It is no longer HTTP, and comes back only by `closed`. */
  switched(connection: BackendConnection): void
  /** `reason` is null when nothing had been promised on the connection. */
  closed(connection: BackendConnection, dialFailure: { readonly kind: RefusalKind; readonly reason: string } | null): void
}

type Timeouts = { readonly connect: number; readonly upstreamIdle: number; readonly upstreamLife: number }

/** One for all connections: what it holds is used up before the next head is read. */
const head = new ResponseHead()

export class BackendConnection implements BackendChannel {
  readonly #socket: Socket
  readonly #authority: string
  /** Monotonic milliseconds; the pool's sweep calls `expire` when it has passed. */
  deadline: number
  readonly #owner: ConnectionOwner
  readonly #timeouts: Timeouts
  readonly #clock: CoarseClock
  readonly #reader: BodyReader = new BodyReader()
  /** `switched`: no longer HTTP, and somebody else's but for the reading. */
  #state: 'connecting' | 'idle' | 'awaiting-head' | 'reading-body' | 'switched' | 'closed' = 'connecting'
  #sink: AnswerSink | null = null
  #partialHead: Buffer | null = null
  #interim: number = 0
  #expectsBody: boolean = true
  #mayUpgrade: boolean = false
  #switchedTo: OnData | null = null
  #bodyIdle: number = 0
  #requestComplete: boolean = true
  #chunked: boolean = false
  #answered: boolean = false
  #reusable: boolean = false
  #used: boolean = false
  #paused: boolean = false
  #destroyed: boolean = false
  #idleFor: number
  /** From then on it takes no new exchange. */
  readonly #retireAt: number
  #failure: string = 'closed'

  constructor(address: Address, authority: string, dial: Dial, owner: ConnectionOwner, timeouts: Timeouts, clock: CoarseClock) {
    const socket = dial.open(address, (chunk) => this.#read(chunk))
    this.#socket = socket
    this.#authority = authority
    // Heads are text of one byte a character; as the default it need not be looked up at each write.
    socket.setDefaultEncoding('latin1')
    this.#owner = owner
    this.#timeouts = timeouts
    this.#idleFor = timeouts.upstreamIdle
    this.#clock = clock
    this.#retireAt = clock.now + timeouts.upstreamLife
    this.deadline = clock.now + timeouts.connect
    socket.once(dial.readyEvent, () => {
      if (this.#state !== 'connecting') return
      this.#state = 'idle'
      this.#owner.connected(this)
    })
    socket.on('drain', () => this.#sink?.backendDrained())
    socket.on('end', () => this.#ended())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#destroyed = true
      this.#failure = error.code ?? 'error'
    })
    socket.on('close', () => this.#closed())
  }

  /** Can take a request: neither side has closed it. Kept by the socket's events; its own getters cost more. */
  get usable(): boolean {
    return this.#state === 'idle' && !this.#destroyed
  }

  start(sink: AnswerSink, request: BackendRequest, body: string | null, deadline: number): void {
    this.#sink = sink
    this.#state = 'awaiting-head'
    this.#expectsBody = request.method !== 'HEAD'
    this.#requestComplete = body !== null
    this.#chunked = request.chunked
    this.#mayUpgrade = request.upgrade
    this.#answered = false
    this.#interim = 0
    this.deadline = deadline
    // The head goes out together with the part of the body that has already come.
    if (body === null) this.#socket.cork()
    this.#socket.write(this.#head(request) + (body ?? ''))
  }

  flush(): void {
    this.#socket.uncork()
  }

  requestData(chunk: Buffer, start: number, end: number, deadline: number): boolean {
    this.#postpone(deadline)
    const socket = this.#socket
    if (!this.#chunked) return writeCopy(socket, chunk, start, end)
    socket.cork()
    socket.write(`${(end - start).toString(16)}\r\n`, 'latin1')
    writeCopy(socket, chunk, start, end)
    const flowing = socket.write('\r\n', 'latin1')
    socket.uncork()
    return flowing
  }

  /** Trailers end here: some servers of HTTP/1.1 take them for fields of the head, which nobody has looked at. */
  requestEnd(_trailers: string, deadline: number): void {
    if (this.#chunked) this.#socket.write('0\r\n\r\n', 'latin1')
    this.#requestComplete = true
    this.#postpone(deadline)
  }

  pause(): void {
    this.#paused = true
    this.#socket.pause()
    // How long the client may take to read is the client connection's question.
    this.deadline = Number.POSITIVE_INFINITY
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.deadline = this.#clock.now + this.#bodyIdle
    this.#socket.resume()
  }

  abort(): void {
    this.#sink = null
    this.destroy()
  }

  destroy(): void {
    this.#destroyed = true
    this.#socket.destroy()
  }

  /** Called when `deadline` has passed. */
  expire(): void {
    if (this.#state === 'connecting') this.#failure = 'timeout'
    else if (this.#state !== 'idle') this.#fail('answer-timeout', this.#state === 'awaiting-head' ? 'answer-timeout' : 'body-timeout')
    this.destroy()
  }

  /** The pool starts an idle period. */
  rest(): void {
    this.deadline = Math.min(this.#clock.now + this.#idleFor, this.#retireAt)
  }

  /** The request is still coming: the backend has until `deadline` to begin its answer, or to take more. */
  #postpone(deadline: number): void {
    if (this.#state === 'awaiting-head') this.deadline = deadline
  }

  #head({ method, target, fields, contentLength, chunked }: BackendRequest): string {
    const framing = chunked ? 'Transfer-Encoding: chunked\r\n' : contentLength === -1 ? '' : `Content-Length: ${contentLength}\r\n`
    return `${method} ${target} HTTP/1.1\r\nHost: ${this.#authority}\r\n${fields}${framing}\r\n`
  }

  #read(chunk: Buffer): void {
    if (this.#state === 'awaiting-head') this.#readHead(chunk)
    else if (this.#state === 'reading-body') this.#readBody(chunk, 0)
    else if (this.#state === 'switched') this.#switchedTo?.(chunk)
    else this.destroy()
  }

  #readHead(chunk: Buffer): void {
    this.#answered = true
    let position = 0
    const bytes = this.#partialHead === null ? chunk : Buffer.concat([this.#partialHead, chunk])
    // A head that comes byte by byte is looked at once for each of its lines.
    if (bytes !== chunk && bytes.length <= maximumHead && chunk.indexOf(lineFeed) === -1) {
      this.#partialHead = bytes
      return
    }
    this.#partialHead = null
    while (this.#sink !== null && position < bytes.length) {
      const whole = head.read(bytes, position, this.#sink.answerFields)
      if (whole === 'incomplete' && bytes.length - position <= maximumHead) {
        this.#partialHead = Buffer.from(bytes.subarray(position))
        return
      }
      if (whole === 'incomplete' || head.end - position > maximumHead) return this.#fail('bad-answer', 'head-too-large')
      if (!whole) return this.#fail('bad-answer', 'malformed-head')
      if (head.status >= 200) return this.#startAnswer(bytes, head.end)
      if (head.status === 101 && this.#mayUpgrade) return this.#switchProtocols(bytes.subarray(head.end))
      if (head.status === 101 || ++this.#interim > maximumInterim) return this.#fail('bad-answer', 'unexpected-interim')
      position = head.end
      if (head.status !== 100) this.#sink.interimAnswer(head)
    }
  }

  /** From here on the socket is the sink's; `first` has come behind the head. */
  #switchProtocols(first: Buffer): void {
    const sink = this.#sink!
    this.#sink = null
    this.#state = 'switched'
    this.deadline = Number.POSITIVE_INFINITY
    this.#switchedTo = sink.protocolsSwitched(head, this.#socket, first)
    if (this.#switchedTo === null) this.destroy()
    else this.#owner.switched(this)
  }

  #startAnswer(chunk: Buffer, bodyStart: number): void {
    const sink = this.#sink!
    const hasBody = this.#expectsBody && head.status !== 204 && head.status !== 304
    this.#idleFor =
      head.keepAliveTimeout === -1
        ? this.#timeouts.upstreamIdle
        : Math.min(this.#timeouts.upstreamIdle, head.keepAliveTimeout * 1000 - 1000)
    this.#reusable = head.keepAlive && this.#requestComplete && this.#idleFor > 0
    const bodyEnd = hasBody && !head.chunked ? bodyStart + head.contentLength : bodyStart
    if (!hasBody || (head.contentLength !== -1 && bodyEnd <= chunk.length)) {
      if (chunk.length > bodyEnd) this.#reusable = false
      this.#settle()
      if (hasBody) sink.wholeAnswer(head, chunk, bodyStart, bodyEnd)
      else {
        sink.answerStart(head, false)
        sink.answerEnd('')
      }
      return
    }
    if (head.chunked) this.#reader.startChunked()
    else if (head.contentLength !== -1) this.#reader.startLength(head.contentLength)
    else {
      this.#reader.startUntilClose()
      this.#reusable = false
    }
    this.#state = 'reading-body'
    this.#bodyIdle = sink.answerStart(head, true)
    // A backend that may be silent for ever must not be gone for ever.
    if (this.#bodyIdle === Number.POSITIVE_INFINITY) this.#socket.setKeepAlive(true, keepAliveProbesAfter)
    this.#readBody(chunk, bodyStart)
  }

  #readBody(chunk: Buffer, position: number): void {
    const sink = this.#sink
    if (sink === null) return
    this.deadline = this.#clock.now + this.#bodyIdle
    const end = this.#reader.read(chunk, position, sink)
    if (this.#reader.malformed) return this.#fail('bad-answer', 'malformed-body')
    if (!this.#reader.complete) return
    if (end < chunk.length) this.#reusable = false
    this.#settle()
    sink.answerEnd('')
  }

  /** The answer is complete: back to the pool, or closed, before the sink may start another exchange. */
  #settle(): void {
    this.#sink = null
    this.#used = true
    this.#state = 'idle'
    this.resume()
    if (this.#reusable && this.#requestComplete && this.#clock.now < this.#retireAt) this.#owner.released(this)
    else this.destroy()
  }

  #ended(): void {
    const sink = this.#sink
    if (sink !== null && this.#state === 'reading-body' && this.#reader.endsWithConnection) {
      this.#settle()
      sink.answerEnd('')
    } else if (this.#state !== 'connecting' && this.#state !== 'switched') this.destroy()
  }

  #fail(kind: RefusalKind, reason: string): void {
    const sink = this.#sink
    this.#sink = null
    this.destroy()
    // Silence is not a sign of a connection that was closed: the backend has the request, and must not get it twice.
    sink?.exchangeFailed(kind, reason, this.#used && !this.#answered && kind !== 'answer-timeout')
  }

  #closed(): void {
    const dialing = this.#state === 'connecting'
    if (!dialing) this.#fail('bad-answer', failureReason(this.#failure))
    this.#state = 'closed'
    this.#owner.closed(this, dialing ? dialFailure(this.#failure) : null)
  }
}
