/** What refuses requests whatever credential comes with them. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Surroundings } from './surroundings.ts'

export type DenyCapability = (surroundings: Surroundings) => DenyList

export type DenyList = {
  /** Lower-case names of the fields that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  /** Refuses what is denied. `null` where nothing on the list is about the operation. */
  readonly check: (operation: OperationPlan, fields: RequestFields) => Step | null
}
