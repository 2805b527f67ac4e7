/** What checks proofs of possession. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Surroundings } from './surroundings.ts'

export type DpopCapability = (surroundings: Surroundings) => ProofOfPossession

export type ProofOfPossession = {
  /** Refuses a token that is bound to a key, without a good proof of it. `null` for operations that take none. */
  readonly prove: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that `prove` reads, and that backends do not see. */
  readonly watchedFields: readonly string[]
}
