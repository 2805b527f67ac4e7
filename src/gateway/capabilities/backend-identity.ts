/** What tells backends who calls. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { OwnConsumerToken } from './extensions.ts'
import type { Surroundings } from './surroundings.ts'

export type BackendIdentityCapability = {
  /** Throws a StartError where its key cannot be used; so does `keySet`. */
  readonly open: (surroundings: Surroundings) => BackendIdentity
  /** The public key of backend tokens as a JWK Set (RFC 7517 §5), as text; `null` where the plan has none. */
  readonly keySet: (plan: GatewayPlan, values: ReadonlyMap<string, string>) => string | null
}

export type BackendIdentity = {
  /** Adds to the request for the backend what the operation's is to know of the caller. Never refuses. `null`: nothing. */
  readonly tell: (operation: OperationPlan, fields: RequestFields, own: OwnConsumerToken | null) => Step | null
  /** Lower-case names of the fields that it makes; a client's own never reach a backend. */
  readonly watchedFields: readonly string[]
}
