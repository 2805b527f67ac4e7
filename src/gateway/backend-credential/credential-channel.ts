/**
 * One request to a backend that wants to know the gateway, and its answer. It stands between the exchange and the backend's own channel:
 * waits for a credential, sends the request with it, and sends it once more where the backend asks for another one. What the backend says
 * about the gateway's credential goes no further.
 *
 * A long file, because it is one state machine, as the connections on both sides of it are.
 */
import type { Socket } from 'node:net'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import { responseFields } from '../http1/response-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import type { OnData } from '../read-buffer.ts'
import type { AnswerSink, Backend, BackendChannel, BackendRequest, Waiter } from '../upstream/backend.ts'
import type { BackendCredential, CredentialWaiter } from '../upstream/gateway-credential.ts'
import { challengeSlot, infoSlot, withAuthentication } from './answer-fields.ts'
import { KeptBody } from './kept-body.ts'

/** Bytes of an answer that is not passed on: they are read so that the connection can be used again, and more is not worth it. */
const maximumSkipped = 64 * 1024
/** Milliseconds for which such an answer may rest. */
const skippedRest = 5000

type State =
  /** A credential, the whole body or a connection is waited for. */
  | 'waiting'
  /** A HEAD without content is on its way, to learn how the backend asks. */
  | 'probing'
  | 'sent'
  /** The backend's answer is about the credential; it is read to its end. */
  | 'skipping'
  | 'answering'
  | 'over'

export class CredentialChannel implements BackendChannel, AnswerSink, Waiter, CredentialWaiter {
  readonly #backend: Backend
  readonly #credential: BackendCredential
  readonly #clock: CoarseClock
  /** Only connections that nobody used before will do. */
  #fresh: boolean
  #sink: AnswerSink | null = null
  #request: BackendRequest | null = null
  /** `null`: it comes in pieces. */
  #body: string | null = ''
  /** Milliseconds that the backend has for the beginning of its answer. */
  #patience: number = 0
  #channel: BackendChannel | null = null
  #state: State = 'waiting'
  #starting: boolean = false
  /** The whole body is waited for. */
  #awaitsBody: boolean = false
  #kept: KeptBody | null = null
  /** Trailers, once the whole request has come. */
  #trailers: string | null = null
  #probed: boolean = false
  #used: object | null = null
  /** The request was sent with a credential, refused, and a renewed one is worth another try. */
  #renewed: boolean = false
  #unauthorised: boolean = false
  #skipped: number = 0
  /** What follows when the skipped answer has been read. */
  #then: 'retry' | 'refused' = 'refused'
  answerFields: WatchedFields = responseFields

  constructor(backend: Backend, credential: BackendCredential, clock: CoarseClock, fresh: boolean) {
    this.#backend = backend
    this.#credential = credential
    this.#clock = clock
    this.#fresh = fresh
  }

  // The exchange's side

  start(sink: AnswerSink, request: BackendRequest, body: string | null, deadline: number): void {
    this.#sink = sink
    this.#request = request
    this.#body = body
    this.#patience = deadline - this.#clock.now
    this.answerFields = withAuthentication(sink.answerFields)
    if (body === null && this.#credential.renews) this.#kept = new KeptBody()
    else if (body !== null) this.#trailers = ''
    this.#starting = true
    this.#advance()
    this.#starting = false
  }

  flush(): void {
    this.#channel?.flush()
  }

  requestData(chunk: Buffer, start: number, end: number, deadline: number): boolean {
    const sent = this.#state === 'sent' || this.#state === 'answering'
    if (!sent && this.#kept === null) this.#kept = new KeptBody()
    if (this.#kept?.whole === true) {
      this.#kept.add(chunk, start, end)
      if (this.#kept.full && sent) this.#kept.drop()
    }
    if (sent) return this.#channel === null || this.#channel.requestData(chunk, start, end, deadline)
    // Only where the body must be known does it come as a whole first.
    if (!this.#awaitsBody) return false
    if (this.#kept?.full !== true) return true
    // Its end may come in the same turn, and must not send it.
    this.#awaitsBody = false
    this.#failLater('body-too-large', 'credential-body')
    return false
  }

  requestEnd(trailers: string, deadline: number): void {
    this.#trailers = trailers
    if (this.#state === 'sent' || this.#state === 'answering') this.#channel?.requestEnd(trailers, deadline)
    else if (this.#awaitsBody) this.#advance()
  }

  pause(): void {
    this.#channel?.pause()
  }

  resume(): void {
    this.#channel?.resume()
  }

  abort(): void {
    this.#sink = null
    this.#state = 'over'
    this.#kept = null
    this.#credential.cancel(this)
    this.#backend.cancel(this)
    this.#channel?.abort()
    this.#channel = null
  }

  // On the way to the backend

  /** Goes on as far as it can without waiting. */
  #advance(): void {
    this.#state = 'waiting'
    this.#awaitsBody = false
    const prepared = this.#credential.prepare(this)
    if (prepared === 'none') this.#failLater('backend-credential-unavailable', 'credential-unavailable')
    else if (prepared === 'now') this.#authorise()
  }

  credentialReady(there: boolean): void {
    if (this.#state !== 'waiting') return
    if (there) this.#authorise()
    else this.#fail('backend-credential-unavailable', 'credential-unavailable')
  }

  #authorise(): void {
    if (this.#credential.needsBody && this.#trailers === null) return this.#awaitBody()
    const channel = this.#fresh ? this.#backend.acquireFresh(this) : this.#backend.acquire(this)
    if (channel === 'full') this.#failLater('no-capacity', 'pool-full')
    else if (channel !== 'waiting') this.channelReady(channel)
  }

  /** In the turn in which it began, the exchange goes on by itself. */
  #awaitBody(): void {
    this.#awaitsBody = true
    if (!this.#starting) this.#sink?.backendDrained()
  }

  channelReady(channel: BackendChannel): void {
    this.#channel = channel
    const deadline = this.#clock.now + this.#patience
    const request = this.#request!
    if (this.#body === null && this.#credential.needsProbe && !this.#probed) {
      this.#state = 'probing'
      this.#probed = true
      channel.start(this, probeOf(request), '', deadline)
      return
    }
    const known = this.#body ?? (this.#trailers === null ? null : (this.#kept?.pieces ?? []))
    const authorised = this.#credential.authorise(request, known)
    this.#used = authorised.used
    this.#state = 'sent'
    channel.start(this, authorised.request, this.#body, deadline)
    if (this.#body === null) this.#sendPieces(channel, deadline)
  }

  /** What has come already. */
  #sendPieces(channel: BackendChannel, deadline: number): void {
    const kept = this.#kept
    for (const piece of kept?.pieces ?? []) channel.requestData(piece, 0, piece.length, deadline)
    if (!this.#credential.renews || kept?.full === true) kept?.drop()
    if (this.#trailers !== null) channel.requestEnd(this.#trailers, deadline)
    if (this.#starting) return
    channel.flush()
    if (this.#trailers === null) this.#sink?.backendDrained()
  }

  channelFailed(kind: RefusalKind, reason: string): void {
    this.#fail(kind, reason)
  }

  /** An exchange that is just beginning hears of its end when it is through with that. */
  #failLater(kind: RefusalKind, reason: string): void {
    process.nextTick(() => this.#fail(kind, reason))
  }

  #fail(kind: RefusalKind, reason: string, untouched: boolean = false): void {
    const sink = this.#sink
    this.abort()
    sink?.exchangeFailed(kind, reason, untouched)
  }

  // The backend's side

  interimAnswer(head: ResponseHead): void {
    if (this.#state !== 'sent') return
    this.#withhold(head)
    this.#sink?.interimAnswer(head)
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    if (!this.#passes(head)) return this.#skippedAll()
    this.#withhold(head)
    const sink = this.#leave()
    sink?.wholeAnswer(head, chunk, start, end)
  }

  answerStart(head: ResponseHead, hasBody: boolean): number {
    if (!this.#passes(head)) return skippedRest
    this.#withhold(head)
    this.#state = 'answering'
    this.#kept = null
    return this.#sink?.answerStart(head, hasBody) ?? skippedRest
  }

  bodyData(chunk: Buffer, start: number, end: number): void {
    if (this.#state === 'answering') return this.#sink?.bodyData(chunk, start, end)
    const before = this.#skipped
    this.#skipped += end - start
    if (before <= maximumSkipped && this.#skipped > maximumSkipped) process.nextTick(() => this.#giveUpSkipping())
  }

  /** In a turn of its own: the channel is through with what it was reading. */
  #giveUpSkipping(): void {
    if (this.#state !== 'skipping' || this.#skipped <= maximumSkipped) return
    this.#channel?.abort()
    this.#skippedAll()
  }

  answerEnd(trailers: string): void {
    if (this.#state === 'skipping') return this.#skippedAll()
    const { withhold } = this.#credential
    this.#leave()?.answerEnd(withhold === null ? trailers : withhold(trailers))
  }

  backendDrained(): void {
    if (this.#state === 'sent' || this.#state === 'answering') this.#sink?.backendDrained()
  }

  protocolsSwitched(head: ResponseHead, socket: Socket, first: Buffer): OnData | null {
    this.#credential.accepted(undefined, this.#used)
    this.#withhold(head)
    return this.#leave()?.protocolsSwitched(head, socket, first) ?? null
  }

  exchangeFailed(kind: RefusalKind, reason: string, untouched: boolean): void {
    this.#channel = null
    if (this.#state === 'skipping') return this.#skippedAll()
    if (this.#state === 'probing' && untouched && !this.#fresh) {
      // The backend closed the idle connection as the request was on its way.
      this.#fresh = true
      this.#probed = false
      this.#advance()
    } else this.#fail(kind, reason, untouched && this.#state === 'sent')
  }

  /** Whether the answer is for the client; else what follows on it is decided. */
  #passes(head: ResponseHead): boolean {
    if (this.#state === 'probing') {
      if (head.status === 401) this.#credential.challenged(head.values(challengeSlot(this.answerFields)), null)
      this.#skip('retry')
      return false
    }
    if (head.status !== 401) {
      this.#credential.accepted(head.values(infoSlot(this.answerFields)), this.#used)
      return true
    }
    const challenge = head.values(challengeSlot(this.answerFields))
    const verdict = this.#credential.challenged(challenge, this.#used)
    const spent = this.#used === null ? this.#unauthorised : this.#renewed
    if (this.#used === null) this.#unauthorised = true
    else this.#renewed = true
    if (verdict === 'pass' || (verdict === 'retry' && spent && challenge === undefined)) return true
    this.#skip(verdict === 'retry' && !spent ? 'retry' : 'refused')
    return false
  }

  /** The reason phrase may repeat the address as well. */
  #withhold(head: ResponseHead): void {
    const { withhold } = this.#credential
    if (withhold === null) return
    head.forwarded = withhold(head.forwarded)
    if (withhold(head.statusText) === '') head.statusText = head.statusText.slice(0, 4)
  }

  #skip(then: 'retry' | 'refused'): void {
    this.#state = 'skipping'
    this.#skipped = 0
    this.#then = then
  }

  /** The connection has been given back, or closed. */
  #skippedAll(): void {
    this.#channel = null
    if (this.#then === 'refused') this.#fail('backend-credential-refused', 'credential-refused')
    else if (this.#body === null && this.#kept?.whole === false) this.#fail('backend-credential-unavailable', 'credential-replay')
    else this.#advance()
  }

  #leave(): AnswerSink | null {
    const sink = this.#sink
    this.#sink = null
    this.#state = 'over'
    this.#channel = null
    this.#kept = null
    return sink
  }
}

/** The same request without content, and without effect (RFC 9110 §9.2.1). */
function probeOf({ target, fields }: BackendRequest): BackendRequest {
  return { method: 'HEAD', target, fields, contentLength: -1, chunked: false, upgrade: false }
}
