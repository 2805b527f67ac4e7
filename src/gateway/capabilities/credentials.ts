/** Operations that ask for API keys or passwords. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SecurityPlan } from '../../contract/plan/security.ts'
import type { Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Surroundings } from './surroundings.ts'

/** The security of an operation for which API keys or passwords count. */
export type CredentialsPlan = Extract<SecurityPlan, { kind: 'credentials' }>

/** What joins several kinds of credential on one operation. */
export type CredentialsCapability = (surroundings: Surroundings) => CredentialJoin

export type CredentialJoin = {
  /** `step` looks at one kind only: a refusal tells the client about the others as well, and a password is no token. */
  readonly beside: (step: Step, security: CredentialsPlan) => Step
  /** What is outside of the alternative that is met counts no more. `null` where a request has nothing besides. */
  readonly confine: (operation: OperationPlan) => Step | null
  /** Refuses a request whose good credentials satisfy no alternative. */
  readonly authorise: (security: CredentialsPlan) => Step
}

export type CredentialAuthentication = {
  /** Sets what the credential gives and exchange.consumer, or refuses a bad one. `null` where the operation does not ask for this kind. */
  readonly authenticate: (operation: OperationPlan, fields: RequestFields) => Step | null
}
