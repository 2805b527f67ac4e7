/** What ends what lasts, when its credential does. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { Surroundings } from './surroundings.ts'

export type CredentialWatchCapability = (surroundings: Surroundings) => CredentialWatch

/** Why what a request came with holds no more: words of log and metrics. */
export type CredentialEnd = 'revoked' | 'key-withdrawn' | 'token-expired' | 'credential-expired' | 'certificate-expired'

/** Whether what a request came with still holds while something lasts that was begun with it. */
export type CredentialWatch = {
  /** A few times a second, before anything is asked. Everything that lasts is asked about once after each. */
  sweep(): void
  /** `null` while it holds. `lasting`: what expires ends it as well, not only what is revoked or withdrawn. */
  ended(exchange: Exchange, lasting: boolean): CredentialEnd | null
  /** What the client of an exchange that is cut is told. It is counted. */
  refusal(end: CredentialEnd, operation: OperationPlan): Refusal
}
