/** What knows clients by their certificates. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Surroundings } from './surroundings.ts'

export type ClientCertificateCapability = (surroundings: Surroundings) => CertificateAuthentication

export type CertificateAuthentication = {
  /** Sets exchange.certificate, or refuses a bad one, and none where one is required. `null` where the operation asks for none. */
  readonly authenticate: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Where certificates and tokens are alternatives: what is outside of the one that is met counts no more. Else `null`. */
  readonly confine: (operation: OperationPlan) => Step | null
}
