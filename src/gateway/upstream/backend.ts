/** A backend as the core sees it, whatever protocol it speaks: where channels come from, and what one does for one exchange. */
import type { Socket } from 'node:net'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { BodySink } from '../http1/body-reader.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import type { OnData } from '../read-buffer.ts'
import type { BackendOrigin } from './backend-origin.ts'

/** One backend address, with whatever connections there are to it. */
export type Backend = {
  /** In the plan. */
  readonly index: number
  readonly origin: BackendOrigin
  /** A channel now; or `waiting`: the waiter is called; or `full`. */
  acquire(waiter: Waiter): BackendChannel | 'waiting' | 'full'
  /** A channel on a connection that nobody used before, after one turned out to be stale. */
  acquireFresh(waiter: Waiter): 'waiting' | 'full'
  /** The waiter is no longer interested. */
  cancel(waiter: Waiter): void
  /** Called a few times a second: closes what has been idle, connecting or silent for too long. */
  sweep(now: number): void
  close(): void
}

export type Waiter = {
  channelReady(channel: BackendChannel): void
  channelFailed(kind: RefusalKind, reason: string): void
}

/** A request as it goes to the backend. */
export type BackendRequest = {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Everything but framing and the host: each line ends in CRLF. */
  readonly fields: string
  /** -1 where it is not known, or where there is no content. */
  readonly contentLength: number
  /** Content of unknown length follows. */
  readonly chunked: boolean
  /** `fields` asks for a switch of protocols, which only HTTP/1.1 knows: a 101 is an answer to it. */
  readonly upgrade: boolean
}

/** Carries one request to the backend and its answer back. It never judges what becomes of the exchange; it tells its sink. */
export type BackendChannel = {
  /** Sends a request with its whole content (one character a byte); where `body` is null it follows. `deadline`: monotonic milliseconds. */
  start(sink: AnswerSink, request: BackendRequest, body: string | null, deadline: number): void
  /** What has been given since `start` need not wait for more. */
  flush(): void
  /** Content of the request; the backend has until `deadline` to begin its answer or to take more. False: wait for `backendDrained`. */
  requestData(chunk: Buffer, start: number, end: number, deadline: number): boolean
  /** Nothing more of the request comes. `trailers`: lines that each end in CRLF, perhaps none. */
  requestEnd(trailers: string, deadline: number): void
  /** The client does not keep up with the answer. */
  pause(): void
  resume(): void
  /** Gives the exchange up: the backend sees it end. */
  abort(): void
}

export type AnswerSink = BodySink & {
  /** Which fields are noticed and dropped in this answer. */
  readonly answerFields: WatchedFields
  interimAnswer(head: ResponseHead): void
  /** The whole answer is here; its content is `chunk[start, end)`, which is overwritten when this returns, as all chunks are. */
  wholeAnswer(head: ResponseHead, chunk: Buffer, start: number, end: number): void
  /**
   * The content follows by `bodyData`, then `answerEnd`; `hasBody` is false for answers that never have one. Returns the milliseconds
   * for which the content may rest before the exchange fails: infinite for no bound.
   */
  answerStart(head: ResponseHead, hasBody: boolean): number
  /** `trailers`: lines that each end in CRLF, perhaps none. */
  answerEnd(trailers: string): void
  /**
   * The backend's answer is a 101: `socket` is no longer HTTP, and `first` has come on it already. Returns who gets what follows; `null`
   * where the answer is none that can be believed, and the connection is closed.
   */
  protocolsSwitched(head: ResponseHead, socket: Socket, first: Buffer): OnData | null
  /** `untouched`: the connection had been used before, and was closed before one byte of an answer came. */
  exchangeFailed(kind: RefusalKind, reason: string, untouched: boolean): void
  backendDrained(): void
}
