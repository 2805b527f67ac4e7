/** From the text of a token seen for the first time to a VerifiedToken, or to the reason why there is none. */
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { KeySets } from '../capabilities/fetched-keys.ts'
import type { Revocations } from '../capabilities/revocation.ts'
import { type ClaimReader, claimReader } from '../claim-reader.ts'
import type { Clock } from '../clock.ts'
import { type JsonObject, ownMember } from '../json-object.ts'
import { type CompactJws, maxTokenLength, readCompactJws } from '../jws/compact-jws.ts'
import type { VerificationKey } from '../jws/signature.ts'
import { heldScopes, type ScopeTable, scopeTable } from '../scope-bits.ts'
import type { AuthFailureReason } from './auth-refusals.ts'
import { KeyRing } from './key-ring.ts'
import { barringEntry, revocableAnswer, revocableToken } from './revocable.ts'
import { readBinding } from './token-binding.ts'
import { type ClaimRules, checkClaims, checkUnending } from './token-claims.ts'
import { candidateKeys, checkHeader } from './token-header.ts'
import { type OwnerClaims, tokenOwner } from './token-owner.ts'
import { checkPurpose } from './token-purpose.ts'
import { VerifiedToken } from './verified-token.ts'

type Issuer = {
  readonly index: number
  readonly name: string
  /** Its key manager is asked about all of its tokens. */
  readonly isAsked: boolean
  readonly ring: KeyRing
  /** Told of tokens that name a key which is not there; `null` where the keys are baked. */
  readonly unknownKey: (() => void) | null
  readonly rules: ClaimRules
  readonly scope: ClaimReader
  readonly owner: OwnerClaims
  readonly keyType: ClaimReader
  readonly profile: IssuerPlan['profile']
  readonly senderConstrained: IssuerPlan['senderConstrained']
}

/** A token whose text is in order and names a known issuer and keys; nothing in it can be trusted before `verify`. */
export type Unverified = { readonly jws: CompactJws; readonly issuer: Issuer; readonly keys: readonly VerificationKey[] }

/** A JWT of an issuer without keys: its key manager is asked. */
export type KnownElsewhere = { readonly issuer: number }

export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, Issuer>
  readonly #byIndex: readonly Issuer[]
  readonly #scopes: ScopeTable
  readonly #clock: Clock
  readonly #keepsClaims: boolean
  readonly #revocations: Revocations | null

  private constructor(issuers: ReadonlyMap<string, Issuer>, plan: GatewayPlan, clock: Clock, revocations: Revocations | null) {
    this.#issuers = issuers
    this.#byIndex = [...issuers.values()]
    this.#scopes = scopeTable(plan.scopes)
    this.#clock = clock
    this.#keepsClaims = plan.keepClaims
    this.#revocations = revocations
  }

  /**
   * Rejects when a key cannot be used.
   * @param withdrawn called when keys that were fetched are given out no more.
   */
  static async make(
    plan: GatewayPlan,
    clock: Clock,
    keySets: KeySets | null,
    withdrawn: () => void,
    revocations: Revocations | null,
  ): Promise<TokenVerifier> {
    const issuers = await Promise.all(plan.issuers.map((issuer, index) => makeIssuer(issuer, index, keySets, withdrawn)))
    const byName = new Map(issuers.map((issuer, index) => [plan.issuers[index]!.issuer, issuer]))
    if (byName.size !== issuers.length) throw new Error('Two issuers have the same name.')
    return new TokenVerifier(byName, plan, clock, revocations)
  }

  /** All that can be said without cryptography. */
  read(text: string): Unverified | AuthFailureReason | KnownElsewhere {
    if (text.length > maxTokenLength) return 'too-long'
    const jws = readCompactJws(text)
    if (jws === undefined) return 'malformed'
    const failure = checkHeader(jws.header)
    if (failure !== undefined) return failure
    const name = ownMember(jws.claims, 'iss')
    const issuer = typeof name === 'string' ? this.#issuers.get(name) : undefined
    if (issuer === undefined) return 'unknown-issuer'
    if (issuer.isAsked) return { issuer: issuer.index }
    if (issuer.ring.current === null) return 'keys-missing'
    const keys = candidateKeys(jws.header, issuer.ring.current)
    if (keys === 'unknown-key') issuer.unknownKey?.()
    return typeof keys === 'string' ? keys : { jws, issuer, keys }
  }

  /** What the key manager of an issuer has said of a token. Its answer counts up to `askAgainAt` (milliseconds since the epoch). */
  judge(index: number, text: string, claims: JsonObject, askAgainAt: number): VerifiedToken | AuthFailureReason {
    const issuer = this.#byIndex[index]!
    const now = this.#clock.now()
    const name = ownMember(claims, 'iss')
    if (name !== undefined && name !== issuer.name) return 'unknown-issuer'
    // Not every key manager says when a token ends (RFC 7662 §2.2); then it is asked again and again.
    const expiresAt =
      ownMember(claims, 'exp') === undefined ? checkUnending(claims, issuer.rules, now) : checkClaims(claims, issuer.rules, now)
    if (typeof expiresAt === 'string') return expiresAt
    // The skew between two clocks is no reason to trust an answer beyond `exp`.
    const token = this.#makeToken(claims, issuer, expiresAt, Math.min(askAgainAt, expiresAt - issuer.rules.clockSkew))
    if (typeof token !== 'string')
      token.marks = this.#revocations?.marksOf(revocableAnswer(text, claims, issuer.name, issuer.owner)) ?? null
    return token
  }

  verify({ jws, issuer, keys }: Unverified): VerifiedToken | AuthFailureReason {
    for (const key of keys) {
      if (!key.verifies(jws.signed, jws.signature)) continue
      const token = this.#accept(jws, issuer)
      if (typeof token !== 'string') {
        token.key = key
        token.marks = this.#revocations?.marksOf(revocableToken(jws, issuer.name, issuer.owner, key)) ?? null
      }
      return token
    }
    return 'signature'
  }

  /** See TokenAuthentication. Whether its other claims are in order makes no difference: they may be at another time. */
  barringEntry(text: string, index: number): RevokedPlan | null {
    const unverified = this.read(text)
    if (typeof unverified === 'string' || !('jws' in unverified)) return null
    const { jws, issuer, keys } = unverified
    if (issuer.index !== index || !keys.some((key) => key.verifies(jws.signed, jws.signature))) return null
    return barringEntry(text, jws.claims, issuer.name)
  }

  #accept(jws: CompactJws, issuer: Issuer): VerifiedToken | AuthFailureReason {
    const { header, claims } = jws
    const expiresAt = checkClaims(claims, issuer.rules, this.#clock.now())
    if (typeof expiresAt === 'string') return expiresAt
    const misuse = checkPurpose(header, claims, issuer.profile)
    if (misuse !== undefined) return misuse
    return this.#makeToken(claims, issuer, expiresAt, null)
  }

  #makeToken(claims: JsonObject, issuer: Issuer, expiresAt: number, askAgainAt: number | null): VerifiedToken | AuthFailureReason {
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
      askAgainAt,
    )
  }
}

async function makeIssuer(plan: IssuerPlan, index: number, keySets: KeySets | null, withdrawn: () => void): Promise<Issuer> {
  const ring = new KeyRing(plan.issuer)
  const fetched = plan.fetchedKeys === null ? null : keySets
  if (plan.fetchedKeys === null) await ring.replace(plan.keys)
  else if (fetched === null) throw new Error(`The keys of the issuer ${plan.issuer} are to be fetched, and this bundle cannot.`)
  fetched?.follow(index, async (keys) => {
    const count = await ring.replace(keys)
    if (count > 0) withdrawn()
    return count
  })
  return {
    index,
    name: plan.issuer,
    isAsked: plan.introspection !== null && plan.keys.length === 0 && plan.fetchedKeys === null,
    ring,
    unknownKey: fetched === null ? null : () => fetched.unknownKey(index),
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
