/** A client's connection, what it works with, and whom it tells when it ends. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Preflight } from '../capabilities/cors.ts'
import type { CredentialWatch } from '../capabilities/credential-watch.ts'
import type { Clock } from '../clock.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Log } from '../observability/log.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Operation } from '../operation.ts'
import type { RefusalWriter } from '../refuse.ts'
import type { Router } from '../router/router.ts'
import type { ConnectionPlaces } from '../serving-thread.ts'
import type { TrustedProxies } from './client-address.ts'
import type { DateLine } from './date-line.ts'
import type { RequestIds } from './request-ids.ts'

/** What every client connection works with. */
export type ListenerParts = {
  readonly plan: GatewayPlan
  readonly clock: Clock
  readonly time: CoarseClock
  readonly router: Router<Operation>
  /** `null` where no operation has CORS. */
  readonly preflight: Preflight | null
  /** `null` where nobody shows a credential. */
  readonly credentialWatch: CredentialWatch | null
  readonly requestFields: RequestFields
  readonly credentialSlots: readonly number[]
  readonly trustedProxies: TrustedProxies
  readonly refusalWriter: RefusalWriter
  readonly requestIds: RequestIds
  readonly date: DateLine
  readonly metrics: Metrics
  readonly log: Log
  readonly connections: ConnectionPlaces
  /** Other threads listen on the same port. */
  readonly sharesPort: boolean
}

/** A client's connection, whatever protocol it speaks. */
export type ClientSession = {
  /** Requests being served, or whose answers are still on their way out. */
  readonly busy: number
  /** Called a few times a second. */
  sweep(now: number): void
  /** The gateway stops: what is being served ends, and nothing new begins. */
  stop(): void
  destroy(): void
}

/** Who has all sessions. */
export type SessionOwner = {
  /** Answers say that the connection closes. */
  readonly draining: boolean
  /** A connection turns out to speak another protocol. */
  replace(session: ClientSession, by: ClientSession): void
  connectionClosed(session: ClientSession): void
}
