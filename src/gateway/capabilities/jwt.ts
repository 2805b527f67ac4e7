/** What verifies tokens. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { Claims } from '../claims.ts'
import type { Step } from '../exchange.ts'
import type { Introspections } from './introspection.ts'
import type { Surroundings } from './surroundings.ts'

/** Imports the baked keys; rejects when one of them cannot be used. */
export type JwtCapability = (surroundings: Surroundings, introspections: Introspections | null) => Promise<TokenAuthentication>

export type TokenAuthentication = {
  /** Sets exchange.token and exchange.consumer, or refuses. `null` for a public operation. */
  readonly authenticate: (operation: OperationPlan) => Step | null
  /** Refuses a token without the scopes that the operation requires. `null` where none are required. */
  readonly authorise: (operation: OperationPlan) => Step | null
  /** A token for one request, of which somebody else has said who holds it. */
  readonly tokenOf: (facts: TokenFacts) => VerifiedToken
  /**
   * What bars a JWT of this issuer (an index in the plan) until it expires; `null` for what is none. Its signature is verified, so that nobody
   * can have made up names remembered.
   */
  readonly barringEntry: (text: string, issuer: number) => RevokedPlan | null
}

/** See VerifiedToken. */
export type TokenFacts = Pick<VerifiedToken, 'issuer' | 'scopeBits' | 'keyType' | 'consumer'> & { readonly claims: Claims }
