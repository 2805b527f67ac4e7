/** What answers browsers about pages of other origins. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Decision, Exchange, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import type { Operation } from '../operation.ts'
import type { RouteMethods } from '../router/router.ts'
import type { Surroundings } from './surroundings.ts'

export type CorsCapability = (surroundings: Surroundings) => Cors

export type Cors = {
  /** Lower-case names of the fields of requests that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  readonly open: (fields: RequestFields) => OpenCors
}

/** Where the fields of requests are known. */
export type OpenCors = {
  /** `null` for operations whose CORS is left to the backend. */
  readonly of: (operation: OperationPlan) => OperationCors | null
  readonly preflight: Preflight
}

/** Answers an OPTIONS request of this path, or does not where it is no preflight of an operation with CORS. */
export type Preflight = (exchange: Exchange, methods: RouteMethods<Operation>) => Decision

export type OperationCors = {
  /** Adds to whatever answer goes out what the page that asks may do with it. Never refuses. */
  readonly step: Step
  /** Sets the fields of the answer to a preflight. `method`: the operation's own. */
  preflight(exchange: Exchange, method: string): void
  /** Which fields are noticed and dropped in backends' answers. `limited`: the gateway adds RateLimit fields of its own. */
  answerFields(limited: boolean): WatchedFields
  /** A backend's answer has come, read with those. */
  answered(exchange: Exchange, answer: ResponseHead): void
}
