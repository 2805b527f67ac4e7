/**
 * One HTTP/1.1 client connection: takes requests from its bytes one after another, has the pipeline decide, and writes the answers.
 * Input is never read ahead without bound, an answer is never written to a client that does not read, and what follows a request
 * that cannot be trusted is never looked at.
 *
 * A long file, because it is one state machine: who may read, write or close in which state has to be seen in one place. What needs no
 * state of it stands in files of its own: the target, the forwarded fields, the writing of answers.
 */
import type { Socket } from 'node:net'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { Tunnel } from '../capabilities/upgrade.ts'
import { type Decision, Exchange, type Refusal } from '../exchange.ts'
import { type ClientSide, Forward } from '../forward.ts'
import { BodyReader, type BodySink } from '../http1/body-reader.ts'
import { RequestHead } from '../http1/request-head.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import { Http2ClientSession } from '../http2/client-session.ts'
import { readPreface } from '../http2/preface.ts'
import { keepAliveProbesAfter } from '../keep-alive.ts'
import { describeBug } from '../observability/bug.ts'
import { forgetEnds, readIntoSharedBuffer } from './accepted-socket.ts'
import { AnswerWriter } from './answer-writer.ts'
import type { ClientSession, ListenerParts, SessionOwner } from './client-session.ts'
import { decide, doubtful } from './decide.ts'
import { Peer } from './peer.ts'
import { countExchange, logTunnel, recordExchange } from './record-exchange.ts'
import type { Transport } from './transport.ts'
import { WriteProgress } from './write-progress.ts'

const lineFeed = 0x0a

/** Pipelined input held while a request is served; more waits in the kernel. */
const maximumReadAhead = 64 * 1024
/** A refused request's body up to this length is read and dropped, so that the connection can go on. */
const maximumDrained = 64 * 1024
/** A request's body up to this length is sent together with its head as one string. */
const maximumJoined = 16 * 1024
/** After a last answer: how long, and how much, is still read so that the client gets the answer and not a reset. */
const lingerMilliseconds = 2000
/** When the gateway stops: how long an idle connection may still bring a request. */
const lastRequestMilliseconds = 1000
const maximumLingered = 1024 * 1024
/** Of WebSocket (RFC 6455 §7.4.1). */
const goingAway = 1001

type State =
  /** Between requests, or with a part of a head. */
  | 'reading-head'
  /** A step has to wait. */
  | 'deciding'
  /** With the backend. */
  | 'forwarding'
  /** The answer is complete, and the rest of the request's body is read and dropped. */
  | 'draining-body'
  /** The client does not read: the next request waits. */
  | 'blocked'
  /** The last answer has been written. */
  | 'lingering'
  /** No longer HTTP: joined with a backend's connection. */
  | 'tunnelling'
  /** The client speaks HTTP/2: the socket is somebody else's. */
  | 'handed-over'
  | 'closed'

export class ClientConnection implements ClientSession, ClientSide, BodySink {
  /** Monotonic milliseconds until which the client must have sent what is waited for. */
  #deadline: number
  /** The same, for the exchange as a whole; infinite between exchanges and where no bound is set. */
  #exchangeDeadline: number = Number.POSITIVE_INFINITY
  readonly #writing: WriteProgress = new WriteProgress()
  readonly #socket: Socket
  readonly #parts: ListenerParts
  readonly #listener: SessionOwner
  readonly #head: RequestHead
  readonly #exchange: Exchange
  readonly #forward: Forward
  readonly #answer: AnswerWriter
  readonly #peer: Peer
  readonly #body: BodyReader = new BodyReader()
  #state: State = 'reading-head'
  #input: Buffer | null = null
  #inputStart: number = 0
  /** Bytes of an incomplete head beyond which it is looked at again although no further line is complete. */
  #lookAgainAt: number = 0
  /** Part of a head has come, and its deadline runs. */
  #headBegun: boolean = false
  #emptyLineSkipped: boolean = false
  #proceeding: boolean = false
  #paused: boolean = false
  #requestComplete: boolean = true
  #bodyForwarded: boolean = false
  #bytesIn: number = 0
  #clientAddress: string
  #lingered: number = 0
  #tunnel: Tunnel | null = null

  constructor(accepted: Socket, transport: Transport, parts: ListenerParts, listener: SessionOwner) {
    const socket = readIntoSharedBuffer(accepted, (chunk) => this.#receivedSafely(chunk))
    this.#socket = socket
    // Heads are text of one byte a character; as the default it need not be looked up at each write.
    socket.setDefaultEncoding('latin1')
    this.#listener = listener
    this.#parts = parts
    this.#head = new RequestHead(parts.requestFields.watched, parts.plan.limits)
    // The accepted one knows it, even if the client has gone since.
    this.#peer = new Peer(accepted.remoteAddress, transport, parts.trustedProxies)
    forgetEnds(accepted)
    this.#clientAddress = this.#peer.address
    this.#exchange = new Exchange(this.#head, this.#peer.consumer)
    this.#forward = new Forward(this, this.#exchange, parts.time, parts.metrics)
    this.#answer = new AnswerWriter(socket, this.#exchange, parts.date, parts.refusalWriter)
    this.#deadline = parts.time.now + parts.plan.timeouts.head
    socket.on('drain', () => this.#drained())
    // A client that has closed its side is gone: what it asked for is not worth the backend's work.
    const gone = (): void => this.#gone()
    socket.on('end', gone)
    socket.on('error', gone)
    socket.on('close', () => this.#closed())
  }

  get busy(): number {
    return this.#serving || this.#tunnel !== null || this.#socket.writableLength > 0 ? 1 : 0
  }

  get #serving(): boolean {
    return this.#state === 'deciding' || this.#state === 'forwarding'
  }

  /**
   * The gateway stops. A request that is on its way already is still answered, so an idle connection is closed a moment later and not
   * at once.
   */
  stop(): void {
    this.#answer.keepAlive = false
    this.#tunnel?.close(goingAway, 'draining')
    if (this.#state === 'reading-head') this.#deadline = Math.min(this.#deadline, this.#parts.time.now + lastRequestMilliseconds)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Called a few times a second. */
  sweep(now: number): void {
    if (this.#tunnel !== null) this.#tunnel.sweep(now)
    else if (this.#writing.stalled(this.#socket, now, this.#patience)) this.#clientStalled()
    else if (this.#exchangeDeadline <= now && this.#serving) this.#exchangeExpired()
    else if (this.#deadline <= now) this.#expire(now)
    else if (this.#serving) this.#watchCredential()
  }

  /** What lasts longer than the credential is good is cut; while a step waits, that is noticed, and told when it has waited. */
  #watchCredential(): void {
    const watch = this.#parts.credentialWatch
    const end = watch === null ? null : watch.ended(this.#exchange, this.#exchange.streams)
    if (watch === null || end === null || this.#state !== 'forwarding') return
    const refusal = watch.refusal(end, this.#exchange.operation!.plan)
    this.#forward.abort()
    if (this.#forward.answerStarted) return this.cutAnswer(refusal.kind, refusal.reason)
    this.#refuse(refusal)
    this.#resume()
    this.#proceed()
  }

  /** Milliseconds for which the client may take nothing of what waits for it. */
  get #patience(): number {
    return this.#exchange.operation?.plan.bodyIdle || this.#parts.plan.timeouts.bodyIdle
  }

  #expire(now: number): void {
    if (this.#state === 'reading-head' && this.#input !== null) this.#refuseUnread('request-timeout', 'head-timeout')
    else if (this.#serving && !this.#requestComplete && !this.#forward.answerStarted) {
      this.#forward.abort()
      this.refuse('request-timeout', 'body-timeout')
    } else if (this.#serving) this.cutAnswer('request-timeout', 'body-timeout')
    else if (this.#socket.writableLength > 0) this.#deadline = now + lingerMilliseconds
    else this.#socket.destroy()
  }

  /** The client does not read. What it has not got of an answer it must not take for the whole. */
  #clientStalled(): void {
    if (this.#serving) return this.cutAnswer('request-timeout', 'client-timeout')
    this.#parts.log.event('warn', 'answer-cut', { requestId: this.#exchange.requestId })
    this.#socket.resetAndDestroy()
  }

  #exchangeExpired(): void {
    this.#forward.abort()
    if (this.#forward.answerStarted) this.cutAnswer('answer-timeout', 'exchange-timeout')
    else this.refuse('answer-timeout', 'exchange-timeout')
  }

  // Input

  /** Whatever bug a client's bytes may find, it costs that client's connection and no other. */
  #receivedSafely(chunk: Buffer): void {
    try {
      this.#received(chunk)
    } catch (error) {
      this.#parts.log.event('error', 'bug', describeBug(error))
      this.#gone()
      this.#socket.destroy()
    }
  }

  #received(chunk: Buffer): void {
    if (this.#tunnel !== null) return this.#tunnel.fromClient(chunk)
    if (this.#state === 'lingering' || this.#state === 'closed') {
      this.#lingered += chunk.length
      if (this.#lingered > maximumLingered) this.#socket.destroy()
      return
    }
    if (this.#state === 'forwarding' && this.#bodyForwarded && !this.#requestComplete && this.#input === null) {
      const end = this.#readBody(chunk, 0)
      if (end < chunk.length) this.#keep(Buffer.from(chunk.subarray(end)))
    } else if (this.#input === null) {
      this.#input = chunk
      this.#inputStart = 0
      this.#proceed()
      // What is not used up by now waits, while the chunk is overwritten by the next read.
      const rest: Buffer | null = this.#input
      if (rest !== null) this.#keep(Buffer.from(rest.subarray(this.#inputStart)))
    } else {
      this.#keep(Buffer.concat([this.#input.subarray(this.#inputStart), chunk]))
      // A head that comes byte by byte is looked at once for each of its lines: its fields are bounded, and so is the work.
      if (this.#state !== 'reading-head' || this.#input.length > this.#lookAgainAt || chunk.indexOf(lineFeed) !== -1) this.#proceed()
    }
  }

  #keep(input: Buffer): void {
    this.#input = input
    this.#inputStart = 0
    if (this.#state !== 'reading-head' && input.length > maximumReadAhead) this.#pause()
  }

  /** Serves what the input holds, as far as it can be served now. */
  #proceed(): void {
    // What is served at once leads back here; a loop, so that pipelined requests do not pile up on the stack.
    if (this.#proceeding) return
    this.#proceeding = true
    this.#serveInput()
    this.#proceeding = false
  }

  #serveInput(): void {
    while (this.#input !== null) {
      if (this.#state === 'reading-head') {
        if (!this.#readRequest()) return
      } else if (this.#state === 'draining-body') {
        this.#consume(this.#body.read(this.#input, this.#inputStart, nowhere))
        if (this.#body.malformed) return this.destroy()
        if (!this.#body.complete) return
        this.#nextRequest()
      } else return
    }
  }

  #consume(position: number): void {
    if (this.#input !== null && position >= this.#input.length) {
      this.#input = null
      this.#inputStart = 0
    } else this.#inputStart = position
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#socket.pause()
  }

  /** Not while enough has been read ahead: what has come is served first. */
  #resume(): void {
    if (this.#paused && (this.#input === null || this.#input.length - this.#inputStart <= maximumReadAhead)) this.#readOn()
  }

  #readOn(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  // One request

  /** Takes one request from the input; false when it is not complete, or nothing more may be taken now. */
  #readRequest(): boolean {
    const { limits, timeouts } = this.#parts.plan
    const input = this.#input!
    // One empty line before a request is tolerated (RFC 9112 §2.2).
    if (input[this.#inputStart] === 0x0d && !this.#emptyLineSkipped) {
      if (input.length - this.#inputStart === 1) return false
      if (input[this.#inputStart + 1] === 0x0a) {
        this.#emptyLineSkipped = true
        this.#consume(this.#inputStart + 2)
        return this.#input !== null
      }
    }
    const refused = this.#head.read(input, this.#inputStart)
    if (refused === 'incomplete') {
      const length = input.length - this.#inputStart
      const inFirstLine = input.indexOf(lineFeed, this.#inputStart) === -1
      // A target without end, or a head with one: the head itself tells when its fields are too many or too large.
      this.#lookAgainAt = limits.maxTarget + 64 + (inFirstLine ? 0 : limits.maxHead)
      if (length > this.#lookAgainAt)
        return inFirstLine
          ? this.#refuseUnread('target-too-long', 'target-too-long')
          : this.#refuseUnread('head-too-large', 'head-too-large')
      if (!this.#headBegun) this.#deadline = this.#parts.time.now + timeouts.head
      this.#headBegun = true
      this.#readOn()
      return false
    }
    if (refused !== undefined) return refused === 'bad-version' && this.#speaksHttp2() ? false : this.#refuseUnread(refused, refused)
    this.#consume(this.#head.end)
    const now = this.#parts.clock.monotonic()
    this.#parts.time.now = now
    this.#exchange.begin(now, this.#parts.requestIds.next(), this.#peer.consumer)
    this.#begin()
    const doubt = doubtful(this.#exchange, this.#parts)
    if (doubt !== undefined) return this.#refuseHead(doubt, doubt)
    this.#clientAddress = this.#peer.clientOf(this.#exchange)
    this.#startBody()
    this.#decide()
    return this.#state === 'reading-head' || this.#state === 'draining-body'
  }

  /**
   * HTTP/2 begins with what is, to HTTP/1.1, a request of another version; the whole connection belongs to it then. Over TLS it is chosen
   * by ALPN only (RFC 9113 §3.2).
   */
  #speaksHttp2(): boolean {
    if (this.#peer.secure || this.#exchange.requestId !== '' || this.#emptyLineSkipped) return false
    const input = this.#input!
    const preface = readPreface(input)
    if (preface !== true) return preface === 'incomplete'
    this.#state = 'handed-over'
    this.#input = null
    this.#pause()
    const session = new Http2ClientSession(this.#socket, Buffer.from(input), this.#peer, this.#parts, this.#listener)
    this.#listener.replace(this, session)
    return true
  }

  #begin(): void {
    this.#parts.metrics.inFlight++
    this.#state = 'deciding'
    this.#emptyLineSkipped = false
    this.#headBegun = false
    this.#lookAgainAt = 0
    this.#answer.begin(this.#head.keepAlive && !this.#listener.draining)
    this.#requestComplete = true
    this.#bodyForwarded = false
    this.#bytesIn = 0
    this.#clientAddress = this.#peer.address
    this.#forward.prepare()
    this.#deadline = Number.POSITIVE_INFINITY
  }

  #startBody(): void {
    if (this.#head.chunked) this.#body.startChunked()
    else this.#body.startLength(Math.max(0, this.#head.contentLength))
    this.#requestComplete = this.#body.complete
  }

  #decide(): void {
    const decision = decide(this.#exchange, this.#parts)
    if (!(decision instanceof Promise)) this.#follow(decision)
    else {
      this.#pause()
      decision.then((later) => this.#decided(later))
    }
  }

  #decided(decision: Decision): void {
    if (this.#state !== 'deciding') return
    this.#follow(decision)
    this.#resume()
    this.#proceed()
  }

  #follow(decision: Decision): void {
    if (decision === undefined) this.#forwardExchange()
    else if (decision === 'no-content') this.#answerWithoutContent()
    else this.#refuse(decision)
  }

  #forwardExchange(): void {
    const { exchangeTimeout } = this.#exchange.operation!.plan
    if (this.#exchange.upgrade !== null) {
      this.#answer.keepAlive = false
      const full = this.#exchange.upgrade.place.take(this.#exchange)
      if (full !== undefined) return this.#refuse(full)
    }
    if (exchangeTimeout > 0) this.#exchangeDeadline = this.#exchange.startedAt + exchangeTimeout
    this.#state = 'forwarding'
    // Until the backend is there the body waits in the kernel.
    if (!this.#requestComplete && !this.#wholeBodyIsHere) this.#pause()
    this.#forward.begin(this.#peer.forwardedLines(this.#head, this.#exchange.host))
  }

  // The request's body

  get #wholeBodyIsHere(): boolean {
    const { chunked, contentLength } = this.#head
    return !chunked && contentLength <= maximumJoined && this.#input !== null && this.#input.length - this.#inputStart >= contentLength
  }

  takeWholeBody(): string | null {
    if (!this.#wholeBodyIsHere) return null
    const end = this.#inputStart + this.#head.contentLength
    const body = this.#input!.toString('latin1', this.#inputStart, end)
    this.#bytesIn = this.#head.contentLength
    this.#requestComplete = true
    this.#consume(end)
    return body
  }

  startRequestBody(): void {
    if (this.#requestComplete || this.#bodyForwarded) return
    this.#bodyForwarded = true
    if (this.#head.expectsContinue && this.#input === null) this.#answer.interim('100 Continue', '')
    this.#deadline = this.#parts.time.now + this.#exchange.operation!.bodyIdle
    if (this.#input !== null) this.#consume(this.#readBody(this.#input, this.#inputStart))
    if (this.#state === 'forwarding') this.resumeRequestBody()
  }

  pauseRequestBody(): void {
    this.#deadline = Number.POSITIVE_INFINITY
    this.#pause()
  }

  resumeRequestBody(): void {
    if (this.#state !== 'forwarding') return
    if (!this.#requestComplete) this.#deadline = this.#parts.time.now + this.#exchange.operation!.bodyIdle
    this.#resume()
  }

  #readBody(chunk: Buffer, start: number): number {
    this.#deadline = this.#parts.time.now + this.#exchange.operation!.bodyIdle
    const end = this.#body.read(chunk, start, this)
    if (this.#state !== 'forwarding') return chunk.length
    if (this.#body.malformed) this.#rejectBody('bad-framing', 'malformed-body')
    else if (this.#body.complete) {
      this.#requestComplete = true
      this.#deadline = Number.POSITIVE_INFINITY
      this.#forward.requestEnd('')
    }
    return end
  }

  bodyData(chunk: Buffer, start: number, end: number): void {
    if (this.#state !== 'forwarding') return
    this.#bytesIn += end - start
    if (this.#bytesIn > this.#exchange.operation!.plan.maxBody) return this.#rejectBody('body-too-large', 'body-too-large')
    if (!this.#forward.requestData(chunk, start, end)) this.pauseRequestBody()
  }

  #rejectBody(kind: RefusalKind, reason: string): void {
    this.#forward.abort()
    if (this.#forward.answerStarted) this.cutAnswer(kind, reason)
    else this.refuse(kind, reason)
  }

  // The answer

  interimAnswer(head: ResponseHead): void {
    this.#answer.interim(head.statusText, head.forwarded)
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    this.#closeAfterEarlyAnswer()
    this.#answer.whole(head, chunk, start, end)
    this.#finish(null)
    this.#proceed()
  }

  answerStart(head: ResponseHead, hasBody: boolean): void {
    this.#closeAfterEarlyAnswer()
    // A client that may hear nothing for ever must not be gone for ever.
    if (hasBody && head.streams) this.#socket.setKeepAlive(true, keepAliveProbesAfter)
    this.#answer.start(head, hasBody)
  }

  answerData(chunk: Buffer, start: number, end: number): boolean {
    return this.#answer.data(chunk, start, end)
  }

  answerEnd(): void {
    this.#answer.end()
    this.#finish(null)
    this.#proceed()
  }

  switchProtocols(head: ResponseHead, lines: string, backend: Socket): Tunnel {
    this.#answer.switchProtocols(head, lines)
    const tunnel = this.#exchange.upgrade!.join(this.#socket, backend, this.#exchange)
    this.#tunnel = tunnel
    this.#state = 'tunnelling'
    this.#exchangeDeadline = Number.POSITIVE_INFINITY
    countExchange(this.#parts, this.#exchange, 101)
    const input = this.#input
    this.#input = null
    if (input !== null) tunnel.fromClient(input.subarray(this.#inputStart))
    this.#readOn()
    if (this.#listener.draining) tunnel.close(goingAway, 'draining')
    return tunnel
  }

  /** The backend answers while the request's body is still coming: the rest of it is not worth waiting for. */
  #closeAfterEarlyAnswer(): void {
    if (!this.#requestComplete) this.#answer.keepAlive = false
  }

  refuse(kind: RefusalKind, reason: string): void {
    this.#refuse({ kind, fields: '', reason })
    this.#resume()
    this.#proceed()
  }

  cutAnswer(kind: RefusalKind, reason: string): void {
    this.#forward.abort()
    this.#record({ kind, fields: '', reason }, true)
    // Where the end of the connection would be taken for the end of the answer, only a reset says otherwise.
    if (this.#answer.closeDelimited) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  /** A head that cannot be believed: no exchange, and nothing after it is read. */
  #refuseUnread(kind: RefusalKind, reason: string): false {
    this.#exchange.begin(this.#parts.clock.monotonic(), this.#parts.requestIds.next(), this.#peer.consumer)
    this.#head.method = ''
    this.#head.minorVersion = 1
    this.#begin()
    return this.#refuseHead(kind, reason)
  }

  #refuseHead(kind: RefusalKind, reason: string): false {
    this.#exchange.path = ''
    this.#parts.metrics.refusedBeforeRouting(reason)
    this.#answer.keepAlive = false
    this.#refuse({ kind, fields: '', reason })
    return false
  }

  #refuse(refusal: Refusal): void {
    if (this.#state === 'closed' || this.#state === 'lingering') return
    // What follows a request to switch protocols may be of that protocol already.
    if (this.#exchange.upgrade !== null || (!this.#requestComplete && !this.#canDrain())) this.#answer.keepAlive = false
    this.#answer.refuse(refusal)
    this.#finish(refusal)
  }

  #answerWithoutContent(): void {
    if (!this.#requestComplete && !this.#canDrain()) this.#answer.keepAlive = false
    this.#answer.noContent()
    this.#finish(null)
  }

  #canDrain(): boolean {
    return !this.#head.expectsContinue && !this.#head.chunked && this.#head.contentLength <= maximumDrained
  }

  /** The answer has been written. */
  #finish(refusal: Refusal | null): void {
    this.#record(refusal, false)
    if (!this.#answer.keepAlive) {
      this.#state = 'lingering'
      this.#input = null
      this.#deadline = this.#parts.time.now + lingerMilliseconds
      this.#resume()
      this.#socket.end()
    } else if (!this.#requestComplete) {
      this.#state = 'draining-body'
      this.#deadline = this.#parts.time.now + this.#parts.plan.timeouts.bodyIdle
      this.#resume()
    } else this.#nextRequest()
  }

  #nextRequest(): void {
    this.#exchange.forget()
    if (this.#socket.writableNeedDrain) {
      this.#state = 'blocked'
      this.#deadline = Number.POSITIVE_INFINITY
      this.#pause()
      return
    }
    this.#state = 'reading-head'
    this.#deadline = this.#parts.time.now + (this.#listener.draining ? lastRequestMilliseconds : this.#parts.plan.timeouts.keepAlive)
    this.#resume()
  }

  #drained(): void {
    if (this.#state === 'blocked') {
      this.#nextRequest()
      this.#proceed()
    } else if (this.#state === 'forwarding') this.#forward.clientDrained()
  }

  #gone(): void {
    if (this.#tunnel !== null) return
    if (this.#state === 'handed-over') return
    if (this.#serving) {
      this.#forward.abort()
      if (this.#answer.status === 0) this.#answer.status = 499
      this.#record(null, true)
      this.#socket.destroy()
    } else this.#socket.destroySoon()
  }

  #closed(): void {
    if (this.#state === 'handed-over') return
    if (this.#tunnel !== null) this.#tunnelClosed(this.#tunnel)
    else if (this.#serving) this.#gone()
    this.#state = 'closed'
    this.#input = null
    this.#listener.connectionClosed(this)
  }

  #tunnelClosed(tunnel: Tunnel): void {
    tunnel.clientClosed()
    this.#exchange.upgrade!.place.free()
    logTunnel(this.#parts, this.#exchange, this.#forward, tunnel, this.#clientAddress)
    this.#tunnel = null
  }

  /** Once for each exchange. */
  #record(refusal: Refusal | null, aborted: boolean): void {
    this.#state = 'closed'
    this.#exchangeDeadline = Number.POSITIVE_INFINITY
    if (this.#exchange.upgrade !== null) this.#exchange.upgrade.place.free()
    recordExchange(this.#parts, this.#exchange, this.#forward, this.#answer, this.#bytesIn, this.#clientAddress, refusal, aborted)
  }
}

const nowhere: BodySink = { bodyData: () => {} }
