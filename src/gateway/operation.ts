/** An operation as the gateway runs it: its plan with everything that can be computed at start. */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { OperationCors } from './capabilities/cors.ts'
import type { Step } from './exchange.ts'
import type { WatchedFields } from './http1/watched-fields.ts'
import type { Backend } from './upstream/backend.ts'

export type Operation = {
  readonly index: number
  readonly plan: OperationPlan
  /** Those steps that this operation needs, in the pipeline's order. */
  readonly steps: readonly Step[]
  /** Which of the head's watched fields carries the credential; -1 for a public operation. */
  readonly credentialField: number
  /** Milliseconds that may pass between two pieces of a body, and of a stream; infinite where there is no bound. */
  readonly bodyIdle: number
  readonly streamIdle: number
  /** `null` where it is left to the backend. */
  readonly cors: OperationCors | null
  /** What is noticed and dropped in backends' answers. */
  readonly answerFields: WatchedFields
  readonly production: BackendTarget | null
  readonly sandbox: BackendTarget | null
}

export type BackendTarget = {
  readonly upstream: Backend
  /** What takes the place of the first `basePathLength` characters of the canonical path. */
  readonly pathPrefix: string
  readonly basePathLength: number
}
