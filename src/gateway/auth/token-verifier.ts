/** From the text of a token seen for the first time to a VerifiedToken, or to the reason why there is none. */
import type { GatewayPlan, IssuerPlan } from '../../contract/plan.ts'
import type { Clock } from '../clock.ts'
import { type CompactJws, maxTokenLength, ownMember, readCompactJws } from '../jws/compact-jws.ts'
import type { VerificationKey } from '../jws/signature.ts'
import { heldScopes, type ScopeTable, scopeTable } from '../scope-bits.ts'
import type { AuthFailureReason } from './auth-refusals.ts'
import { type ClaimReader, claimReader } from './claim-reader.ts'
import { type IssuerKeys, importKeys } from './issuer-keys.ts'
import { readBinding } from './token-binding.ts'
import { type ClaimRules, checkClaims } from './token-claims.ts'
import { candidateKeys, checkHeader } from './token-header.ts'
import { type OwnerClaims, tokenOwner } from './token-owner.ts'
import { checkPurpose } from './token-purpose.ts'
import { VerifiedToken } from './verified-token.ts'

type Issuer = {
  readonly index: number
  readonly keys: IssuerKeys
  readonly rules: ClaimRules
  readonly scope: ClaimReader
  readonly owner: OwnerClaims
  readonly keyType: ClaimReader
  readonly profile: IssuerPlan['profile']
  readonly senderConstrained: IssuerPlan['senderConstrained']
}

/** A token whose text is in order and names a known issuer and keys; nothing in it can be trusted before `verify`. */
export type Unverified = { readonly jws: CompactJws; readonly issuer: Issuer; readonly keys: readonly VerificationKey[] }

export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, Issuer>
  readonly #scopes: ScopeTable
  readonly #clock: Clock
  readonly #keepsClaims: boolean

  private constructor(issuers: ReadonlyMap<string, Issuer>, plan: GatewayPlan, clock: Clock) {
    this.#issuers = issuers
    this.#scopes = scopeTable(plan.scopes)
    this.#clock = clock
    this.#keepsClaims = plan.keepClaims
  }

  /** Rejects when a key cannot be used. */
  static async make(plan: GatewayPlan, clock: Clock): Promise<TokenVerifier> {
    const issuers = await Promise.all(plan.issuers.map(makeIssuer))
    const byName = new Map(issuers.map((issuer, index) => [plan.issuers[index]!.issuer, issuer]))
    if (byName.size !== issuers.length) throw new Error('Two issuers have the same name.')
    return new TokenVerifier(byName, plan, clock)
  }

  /** All that can be said without cryptography. */
  read(text: string): Unverified | AuthFailureReason {
    if (text.length > maxTokenLength) return 'too-long'
    const jws = readCompactJws(text)
    if (jws === undefined) return 'malformed'
    const failure = checkHeader(jws.header)
    if (failure !== undefined) return failure
    const name = ownMember(jws.claims, 'iss')
    const issuer = typeof name === 'string' ? this.#issuers.get(name) : undefined
    if (issuer === undefined) return 'unknown-issuer'
    const keys = candidateKeys(jws.header, issuer.keys)
    return typeof keys === 'string' ? keys : { jws, issuer, keys }
  }

  verify({ jws, issuer, keys }: Unverified): VerifiedToken | AuthFailureReason {
    for (const { verifies } of keys) {
      if (verifies(jws.signed, jws.signature)) return this.#accept(jws, issuer)
    }
    return 'signature'
  }

  #accept({ header, claims }: CompactJws, issuer: Issuer): VerifiedToken | AuthFailureReason {
    const expiresAt = checkClaims(claims, issuer.rules, this.#clock.now())
    if (typeof expiresAt === 'string') return expiresAt
    const misuse = checkPurpose(header, claims, issuer.profile)
    if (misuse !== undefined) return misuse
    const keyType = readKeyType(issuer.keyType(claims))
    if (keyType === undefined) return 'key-type'
    const binding = readBinding(claims, issuer.senderConstrained)
    if (typeof binding === 'string') return binding
    return new VerifiedToken(
      issuer.index,
      expiresAt,
      heldScopes(this.#scopes, issuer.scope(claims)),
      keyType,
      tokenOwner(claims, issuer.index, issuer.owner),
      binding,
      this.#keepsClaims ? claims : null,
    )
  }
}

async function makeIssuer(plan: IssuerPlan, index: number): Promise<Issuer> {
  return {
    index,
    keys: await importKeys(plan),
    rules: { audiences: plan.audiences === 'any' ? 'any' : new Set(plan.audiences), clockSkew: plan.clockSkew * 1_000 },
    scope: claimReader(plan.claims.scope),
    owner: {
      application: claimReader(plan.claims.application),
      client: claimReader(plan.claims.client),
      subject: claimReader(plan.claims.subject),
    },
    keyType: claimReader(plan.claims.keyType),
    profile: plan.profile,
    senderConstrained: plan.senderConstrained,
  }
}

/** WSO2's two kinds, in any case; undefined for another. */
function readKeyType(claim: unknown): 'production' | 'sandbox' | undefined {
  if (claim === undefined) return 'production'
  const name = typeof claim === 'string' ? claim.toLowerCase() : ''
  return name === 'production' || name === 'sandbox' ? name : undefined
}
