/** What lets clients reach the key manager. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Surroundings } from './surroundings.ts'

/** `revoked` is told each token that a client has revoked, and at whose key manager: an issuer's index in the plan. */
export type KeyManagerCapability = (surroundings: Surroundings, revoked: (token: string, issuer: number) => void) => KeyManagerPass

export type KeyManagerPass = {
  /** Has the client's credentials go on to the key manager, and what it revokes forgotten. `null` for all other operations. */
  readonly passOn: (operation: OperationPlan, fields: RequestFields) => Step | null
}
