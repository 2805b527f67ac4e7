/** What lets connections leave HTTP. */
import type { Socket } from 'node:net'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import type { TunnelEnd } from '../upgrade/tunnel-counts.ts'
import type { WatchedSurroundings } from './surroundings.ts'

export type UpgradeCapability = (surroundings: WatchedSurroundings, time: CoarseClock) => Upgrades

export type Upgrades = {
  /** Sets exchange.upgrade, and exchange.credential from a subprotocol, or refuses. `null` for operations without an upgrade. */
  readonly handshake: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that `handshake` reads, and that are made anew. */
  readonly watchedFields: readonly string[]
  /** All tunnels that are open now. */
  readonly open: ReadonlySet<Tunnel>
}

/** A request's place among the tunnels, which are bounded. */
export type TunnelSlot = {
  /** Before the backend is asked; refuses where there is none. */
  take(exchange: Exchange): Refusal | undefined
  /** However it ends; again, or without a place, it does nothing. */
  free(): void
}

/** A client's well-formed request to switch protocols. */
export type UpgradeRequest = {
  readonly place: TunnelSlot
  /** Lines for the backend, each ending in CRLF. */
  readonly fields: string
  /** Which fields are noticed and dropped in the answer. `limited`: the gateway adds RateLimit fields of its own. */
  answerFields(limited: boolean): WatchedFields
  /** Lines of the 101 for the client, each ending in CRLF; `null` where the backend's 101 is no correct answer to this request. */
  accept(answer: ResponseHead): string | null
  /** After `accept`: what comes on the two connections from now on goes from one to the other. */
  join(client: Socket, backend: Socket, exchange: Exchange): Tunnel
}

/** A client's and a backend's connection, joined. It ends both. */
export type Tunnel = {
  /** Whose token it was opened with; `null` for anonymous callers. */
  readonly token: VerifiedToken | null
  /** Bytes from and to the client. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** A fixed word why it ended; empty while it is open. */
  readonly end: string
  fromClient(chunk: Buffer): void
  fromBackend(chunk: Buffer): void
  /** Ends it in order, with a Close frame where the protocol has them. `code`: RFC 6455 §7.4; `why` is for log and metrics. */
  close(code: number, why: TunnelEnd): void
  /** Called a few times a second; monotonic milliseconds. */
  sweep(now: number): void
  /** The client's connection has closed. */
  clientClosed(): void
}
