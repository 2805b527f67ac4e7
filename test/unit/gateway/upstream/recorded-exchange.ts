/** An exchange as a backend's channel sees it: asks for a channel, sends a request, and keeps what comes back. */
import { Readable } from 'node:stream'
import type { RefusalKind } from '../../../../src/contract/refusals.ts'
import { responseFields } from '../../../../src/gateway/http1/response-fields.ts'
import type { ResponseHead } from '../../../../src/gateway/http1/response-head.ts'
import type { AnswerSink, Backend, BackendChannel, BackendRequest, Waiter } from '../../../../src/gateway/upstream/backend.ts'

export type Wanted = Partial<BackendRequest> & {
  /** Sent with the request; null where it follows. */
  readonly body?: string | null
  readonly deadline?: number
}

export type Failure = { readonly kind: RefusalKind; readonly reason: string; readonly untouched: boolean }

export class RecordedExchange implements AnswerSink, Waiter {
  readonly answerFields = responseFields
  readonly #wanted: Wanted
  channel: BackendChannel | null = null
  status: number = 0
  fields: string = ''
  interim: string[] = []
  body: string = ''
  trailers: string | null = null
  /** Milliseconds for which the content may rest. */
  rest: number = Number.POSITIVE_INFINITY
  drained: number = 0
  readonly #ready = Promise.withResolvers<BackendChannel>()
  readonly #began = Promise.withResolvers<void>()
  readonly #done = Promise.withResolvers<void>()
  readonly #failed = Promise.withResolvers<Failure>()

  private constructor(wanted: Wanted) {
    this.#wanted = wanted
    for (const { promise } of [this.#ready, this.#began, this.#done, this.#failed]) promise.catch(() => {})
  }

  static on(backend: Backend, wanted: Wanted = {}): RecordedExchange {
    const exchange = new RecordedExchange(wanted)
    const channel = backend.acquire(exchange)
    if (channel === 'full') exchange.channelFailed('no-capacity', 'pool-full')
    else if (channel !== 'waiting') exchange.channelReady(channel)
    return exchange
  }

  /** After a connection turned out to be stale. */
  static fresh(backend: Backend): RecordedExchange {
    const exchange = new RecordedExchange({})
    if (backend.acquireFresh(exchange) === 'full') exchange.channelFailed('no-capacity', 'pool-full')
    return exchange
  }

  /** Resolves when the request has been sent. */
  get ready(): Promise<BackendChannel> {
    return this.#ready.promise
  }

  /** Resolves when the answer's head is here. */
  get began(): Promise<void> {
    return this.#began.promise
  }

  /** Resolves when the answer is complete; rejects when it fails. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Rejects when the exchange is answered. */
  get failed(): Promise<Failure> {
    return this.#failed.promise
  }

  channelReady(channel: BackendChannel): void {
    const { body = '', deadline = Number.POSITIVE_INFINITY, ...request } = this.#wanted
    this.channel = channel
    const standard = { method: 'GET', target: '/', fields: '', contentLength: -1, chunked: false, upgrade: false }
    channel.start(this, { ...standard, ...request }, body, deadline)
    this.#ready.resolve(channel)
  }

  channelFailed(kind: RefusalKind, reason: string): void {
    this.exchangeFailed(kind, reason, false)
  }

  interimAnswer(head: ResponseHead): void {
    this.interim.push(`${head.status} ${head.forwarded}`)
  }

  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void {
    this.answerStart(head)
    this.bodyData(chunk, start, end)
    this.answerEnd('')
  }

  answerStart(head: ResponseHead): number {
    this.status = head.status
    this.fields = head.forwarded
    this.#began.resolve()
    return this.rest
  }

  bodyData(chunk: Buffer, start: number, end: number): void {
    this.body += chunk.toString('latin1', start, end)
  }

  answerEnd(trailers: string): void {
    this.trailers = trailers
    this.#done.resolve()
    this.#failed.reject(new Error(`answered with ${this.status}`))
  }

  exchangeFailed(kind: RefusalKind, reason: string, untouched: boolean): void {
    const error = new Error(`${kind} ${reason}`)
    this.#ready.reject(error)
    this.#began.reject(error)
    this.#done.reject(error)
    this.#failed.resolve({ kind, reason, untouched })
  }

  protocolsSwitched(): null {
    return null
  }

  backendDrained(): void {
    this.drained++
  }
}

/** All that comes from a stream, as text. */
export async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Readable.from(stream).toArray()).toString('latin1')
}
