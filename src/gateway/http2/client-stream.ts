/**
 * One request of an HTTP/2 client with its answer: a stream of the client's session. The header list is read as the head of an HTTP/1.1
 * request, so that the same requests are refused for the same reasons, and then goes the same way.
 */
import type { ServerHttp2Stream } from 'node:http2'
import type { RefusalKind } from '../../contract/refusals.ts'
import { type Decision, Exchange, type Refusal } from '../exchange.ts'
import { type ClientSide, Forward } from '../forward.ts'
import { RequestHead } from '../http1/request-head.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { ListenerParts } from '../listener/client-session.ts'
import { decide, doubtful } from '../listener/decide.ts'
import type { Peer } from '../listener/peer.ts'
import { recordExchange } from '../listener/record-exchange.ts'
import { describeBug } from '../observability/bug.ts'
import { errorCodes } from './error-codes.ts'
import { parseGrpcTimeout } from './grpc.ts'
import { trailerLines } from './header-fields.ts'
import { requestText } from './request-text.ts'
import { StreamAnswer } from './stream-answer.ts'

/** After an answer: how much of the request is still taken, and for how long. */
const maximumDrained = 64 * 1024
const lingerMilliseconds = 2000

/** The session, as far as its streams use it. */
export type StreamOwner = {
  readonly parts: ListenerParts
  readonly peer: Peer
  /** `served`: the request has got its whole answer, and was not given up by the client. */
  streamClosed(stream: ClientStream, served: boolean): void
}

export class ClientStream implements ClientSide {
  readonly #stream: ServerHttp2Stream
  readonly #owner: StreamOwner
  readonly #head: RequestHead
  readonly #exchange: Exchange
  readonly #forward: Forward
  readonly #answer: StreamAnswer
  #state: 'deciding' | 'forwarding' | 'answered' | 'closed' = 'deciding'
  /** Monotonic milliseconds until which the client must have sent more of the request's body. */
  #deadline: number = Number.POSITIVE_INFINITY
  #exchangeDeadline: number = Number.POSITIVE_INFINITY
  /** What the client had not taken at the last sweep, and until when it must have taken some of it. */
  #taken: number = 0
  #takeDeadline: number = Number.POSITIVE_INFINITY
  /** Milliseconds that may pass between two pieces of the request's body. */
  #mayRest: number = Number.POSITIVE_INFINITY
  #requestComplete: boolean
  #bodyForwarded: boolean = false
  /** Names and values. */
  #trailers: readonly string[] = []
  #bytesIn: number = 0
  #clientAddress: string
  #served: boolean = false
  /** Bytes of the request that came after its answer. */
  #dropped: number = 0

  /** `ended`: the request has no body. */
  constructor(stream: ServerHttp2Stream, ended: boolean, owner: StreamOwner) {
    const { parts, peer } = owner
    this.#stream = stream
    this.#owner = owner
    this.#requestComplete = ended
    this.#clientAddress = peer.address
    this.#head = new RequestHead(parts.requestFields.watched, parts.plan.limits)
    this.#exchange = new Exchange(this.#head, peer.consumer, true)
    this.#forward = new Forward(this, this.#exchange, parts.time, parts.metrics)
    this.#answer = new StreamAnswer(stream, this.#exchange, parts)
    // They come whether or not anybody reads the content yet.
    if (!ended) stream.on('trailers', (_fields, _flags, list) => (this.#trailers = list))
    stream.on('aborted', () => this.#safely(() => this.#gone()))
    stream.on('error', () => this.#safely(() => this.#gone()))
    stream.on('close', () => this.#safely(() => this.#closed()))
  }

  /** `fields`: a name and a value, then the next name. */
  begin(fields: readonly string[]): void {
    this.#safely(() => this.#read(fields))
  }

  /** Called a few times a second. */
  sweep(now: number): void {
    this.#safely(() => {
      if (this.#stalled(now)) this.#clientStalled()
      else if (!this.#serving) this.#sweepAnswered(now)
      else if (this.#exchangeDeadline <= now) this.#giveUp('answer-timeout', 'exchange-timeout')
      else if (this.#deadline <= now) this.#giveUp('request-timeout', 'body-timeout')
      else this.#watchCredential()
    })
  }

  /** What lasts longer than the credential is good is cut; while a step waits, that is noticed, and told when it has waited. */
  #watchCredential(): void {
    const watch = this.#owner.parts.credentialWatch
    const end = watch === null ? null : watch.ended(this.#exchange, this.#mayLast)
    if (watch === null || end === null || this.#state !== 'forwarding') return
    const refusal = watch.refusal(end, this.#exchange.operation!.plan)
    this.#forward.abort()
    if (this.#answer.status === 0) this.#refuse(refusal)
    else this.cutAnswer(refusal.kind, refusal.reason)
  }

  /** A gRPC client's messages may go on for as long as a server's do, and no answer need begin before the last of them. */
  get #mayLast(): boolean {
    return this.#exchange.streams || (this.#answer.grpc && !this.#requestComplete)
  }

  #sweepAnswered(now: number): void {
    // All is said, and node:http2 waits for somebody to read what does not come.
    if (this.#stream.closed && this.#stream.writableFinished) this.#stream.destroy()
    if (this.#requestComplete || now < this.#deadline) return
    this.#deadline = Number.POSITIVE_INFINITY
    this.#closeBehindAnswer()
  }

  get #serving(): boolean {
    return this.#state === 'deciding' || this.#state === 'forwarding'
  }

  /** Whatever bug a client's frames may find, it costs that client's stream and no other. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#owner.parts.log.event('error', 'bug', describeBug(error))
      if (this.#serving) this.#abandon()
      this.#answer.reset()
    }
  }

  // The request

  #read(fields: readonly string[]): void {
    const { parts, peer } = this.#owner
    const now = parts.clock.monotonic()
    parts.time.now = now
    parts.metrics.inFlight++
    this.#exchange.begin(now, parts.requestIds.next(), peer.consumer)
    const text = requestText(fields, this.#requestComplete)
    if (typeof text === 'string') return this.#refuseHead(text)
    this.#answer.grpc = text.grpc
    const refused = this.#head.read(text.head, 0)
    if (refused === 'incomplete') return this.#refuseHead('bad-request')
    const doubt = refused ?? this.#doubtfulLength() ?? doubtful(this.#exchange, parts)
    if (doubt !== undefined) return this.#refuseHead(doubt)
    this.#clientAddress = peer.clientOf(this.#exchange)
    if (text.grpc && text.grpcTimeout !== null) {
      const timeout = parseGrpcTimeout(text.grpcTimeout)
      if (timeout === null) return this.#refuseHead('bad-request')
      this.#exchangeDeadline = now + timeout
    }
    this.#decide()
  }

  #doubtfulLength(): RefusalKind | undefined {
    return this.#requestComplete && this.#head.contentLength > 0 ? 'bad-framing' : undefined
  }

  #refuseHead(kind: RefusalKind): void {
    this.#exchange.path = ''
    this.#owner.parts.metrics.refusedBeforeRouting(kind)
    this.#refuse({ kind, fields: '', reason: kind })
  }

  #decide(): void {
    const decision = decide(this.#exchange, this.#owner.parts)
    if (decision instanceof Promise) decision.then((later) => this.#safely(() => this.#decided(later)))
    else this.#decided(decision)
  }

  #decided(decision: Decision): void {
    if (this.#state !== 'deciding') return
    if (decision === 'no-content') return this.#answerWithoutContent()
    if (decision !== undefined) return this.#refuse(decision)
    const { exchangeTimeout } = this.#exchange.operation!.plan
    if (exchangeTimeout > 0) this.#exchangeDeadline = Math.min(this.#exchangeDeadline, this.#exchange.startedAt + exchangeTimeout)
    const { bodyIdle, streamIdle } = this.#exchange.operation!
    this.#mayRest = this.#answer.grpc ? streamIdle : bodyIdle
    this.#state = 'forwarding'
    this.#forward.begin(this.#owner.peer.forwardedLines(this.#head, this.#exchange.host))
  }

  takeWholeBody(): null {
    return null
  }

  startRequestBody(): void {
    if (this.#bodyForwarded || this.#requestComplete) return
    this.#bodyForwarded = true
    this.#awaitMore()
    if (this.#head.expectsContinue) this.#answer.interim(100, '')
    this.#receiveBody()
  }

  #receiveBody(): void {
    // Without content there was nothing to wait for, and the end has come before anybody listened.
    if (this.#stream.readableEnded) return this.#endBody()
    this.#stream.on('data', (chunk: Buffer) => this.#safely(() => this.#readBody(chunk)))
    this.#stream.on('end', () => this.#safely(() => this.#endBody()))
  }

  pauseRequestBody(): void {
    this.#deadline = Number.POSITIVE_INFINITY
    this.#stream.pause()
  }

  resumeRequestBody(): void {
    if (this.#state !== 'forwarding' || this.#requestComplete) return
    this.#awaitMore()
    this.#stream.resume()
  }

  #awaitMore(): void {
    this.#deadline = this.#owner.parts.time.now + this.#mayRest
  }

  #readBody(chunk: Buffer): void {
    this.#bytesIn += chunk.length
    if (this.#state !== 'forwarding') return this.#drop(chunk.length)
    this.#awaitMore()
    const { contentLength } = this.#head
    if (contentLength !== -1 && this.#bytesIn > contentLength) this.#giveUp('bad-framing', 'malformed-body')
    else if (this.#bytesIn > this.#exchange.operation!.plan.maxBody) this.#giveUp('body-too-large', 'body-too-large')
    else if (!this.#forward.requestData(chunk, 0, chunk.length)) this.pauseRequestBody()
  }

  #endBody(): void {
    if (this.#state !== 'forwarding') {
      this.#requestComplete = true
      return
    }
    const { contentLength } = this.#head
    if (contentLength !== -1 && this.#bytesIn !== contentLength) return this.#giveUp('bad-framing', 'malformed-body')
    const trailers = this.#readTrailers()
    if (trailers === null) return this.#giveUp('bad-request', 'malformed-trailers')
    this.#requestComplete = true
    this.#deadline = Number.POSITIVE_INFINITY
    this.#forward.requestEnd(trailers)
  }

  /** Lines; `null` where they are none that a request may have. */
  #readTrailers(): string | null {
    if (this.#trailers.length === 0) return ''
    const { requestFields, plan } = this.#owner.parts
    return trailerLines(this.#trailers, new RequestHead(requestFields.watched, plan.limits))
  }

  #giveUp(kind: RefusalKind, reason: string): void {
    this.#forward.abort()
    if (this.#answer.status === 0) this.refuse(kind, reason)
    else this.cutAnswer(kind, reason)
  }

  // The answer

  /** A stream may be closed before its events say so, and then takes nothing more. */
  #answering(work: () => void): void {
    if (this.#stream.closed || this.#stream.destroyed) this.#gone()
    else if (this.#serving) this.#safely(work)
  }

  interimAnswer(head: ResponseHead): void {
    this.#answering(() => this.#answer.interim(head.status, head.forwarded))
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    this.#answering(() => {
      this.#answer.whole(head, chunk, start, end)
      this.#finish(null)
    })
  }

  answerStart(head: ResponseHead, hasBody: boolean): void {
    if (hasBody && head.streams && !this.#requestComplete) {
      this.#mayRest = this.#exchange.operation!.streamIdle
      if (this.#deadline !== Number.POSITIVE_INFINITY) this.#awaitMore()
    }
    this.#answering(() => this.#answer.start(head, hasBody))
  }

  answerData(chunk: Buffer, start: number, end: number): boolean {
    let flowing = true
    this.#answering(() => {
      flowing = this.#answer.data(chunk, start, end)
      if (!flowing) this.#stream.once('drain', () => this.#safely(() => this.#forward.clientDrained()))
    })
    return flowing
  }

  answerEnd(trailers: string): void {
    this.#answering(() => {
      this.#answer.end(trailers)
      this.#finish(null)
    })
  }

  /** HTTP/2 has no `Upgrade`: a head with one has been refused. */
  switchProtocols(): never {
    throw new Error('a stream of HTTP/2 cannot switch protocols')
  }

  refuse(kind: RefusalKind, reason: string): void {
    this.#refuse({ kind, fields: '', reason })
  }

  #refuse(refusal: Refusal): void {
    this.#answering(() => {
      this.#answer.refuse(refusal)
      this.#finish(refusal)
    })
  }

  #answerWithoutContent(): void {
    this.#answering(() => {
      this.#answer.noContent()
      this.#finish(null)
    })
  }

  cutAnswer(kind: RefusalKind, reason: string): void {
    this.#forward.abort()
    this.#state = 'answered'
    this.#answer.cut(kind)
    this.#record({ kind, fields: '', reason }, true)
    if (!this.#requestComplete && !this.#stream.destroyed) this.#drain()
  }

  /** The answer has been written. */
  #finish(refusal: Refusal | null): void {
    this.#served = true
    this.#record(refusal, false)
    if (!this.#requestComplete) this.#drain()
  }

  /**
   * Of a request that is still coming the rest is not wanted (RFC 9113 §8.1). A little of it is taken, since it may be on its way: clients
   * are known that forget an answer when a reset follows at once.
   */
  #drain(): void {
    this.#deadline = this.#owner.parts.time.now + lingerMilliseconds
    if (!this.#bodyForwarded) this.#receiveBody()
    this.#bodyForwarded = true
    this.#stream.resume()
  }

  #drop(length: number): void {
    this.#dropped += length
    if (this.#dropped > maximumDrained) this.#closeBehindAnswer()
  }

  /** What else comes of the request waits in the meantime, and then for nobody. */
  #closeBehindAnswer(): void {
    this.#stream.pause()
    this.#answer.whenSaid(() => this.#safely(() => this.#stream.close(errorCodes.none)))
  }

  /** Only the sweep looks, so that writing pays nothing; any progress will do. */
  #stalled(now: number): boolean {
    const waiting = this.#stream.writableLength
    const taken = this.#answer.bytes - waiting
    if (waiting === 0) this.#takeDeadline = Number.POSITIVE_INFINITY
    else if (taken !== this.#taken || this.#takeDeadline === Number.POSITIVE_INFINITY) this.#takeDeadline = now + this.#patience
    this.#taken = taken
    return this.#takeDeadline <= now
  }

  /** Milliseconds for which the client may take nothing of what waits for it. */
  get #patience(): number {
    return this.#exchange.operation?.plan.bodyIdle || this.#owner.parts.plan.timeouts.bodyIdle
  }

  /** The client does not read. What it has not got of an answer it must not take for the whole. */
  #clientStalled(): void {
    this.#served = false
    if (this.#serving) {
      this.#forward.abort()
      this.#record({ kind: 'request-timeout', fields: '', reason: 'client-timeout' }, true)
    } else this.#owner.parts.log.event('warn', 'answer-cut', { requestId: this.#exchange.requestId })
    this.#takeDeadline = Number.POSITIVE_INFINITY
    this.#answer.reset()
  }

  /** The client has reset the stream, or its connection has gone. */
  #gone(): void {
    if (this.#serving) this.#abandon()
  }

  #abandon(): void {
    this.#forward.abort()
    if (this.#answer.status === 0) this.#answer.status = 499
    this.#record(null, true)
  }

  /** The connection has gone, whether the stream says so or not. */
  lost(): void {
    this.#safely(() => this.#closed())
  }

  #closed(): void {
    if (this.#state === 'closed') return
    this.#gone()
    this.#state = 'closed'
    this.#owner.streamClosed(this, this.#served)
  }

  #record(refusal: Refusal | null, aborted: boolean): void {
    this.#state = 'answered'
    const { parts } = this.#owner
    const { grpc, grpcStatus } = this.#answer
    if (grpc) {
      this.#exchange.grpcStatus = grpcStatus
      parts.metrics.grpcDone(this.#exchange.operation?.index ?? -1, grpcStatus)
    }
    recordExchange(parts, this.#exchange, this.#forward, this.#answer, this.#bytesIn, this.#clientAddress, refusal, aborted)
  }
}
