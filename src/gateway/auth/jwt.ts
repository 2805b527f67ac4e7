/**
 * Bearer tokens. A token is verified when it is first seen, by its signature or, where its text says nothing, by its key manager; after
 * that a request costs a look-up by the token's text and a comparison of times.
 */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SecurityPlan } from '../../contract/plan/security.ts'
import type { Introspections, Introspector } from '../capabilities/introspection.ts'
import type { JwtCapability } from '../capabilities/jwt.ts'
import type { Freshness } from '../capabilities/revocation.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { DroppedTokens, digestOf, droppedTokensName } from '../dropped-tokens.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { type AuthFailureReason, type AuthRefusals, authRefusals } from './auth-refusals.ts'
import { authoriseStep } from './authorise.ts'
import { bearerPrefix, bearerToken, dpopToken } from './bearer.ts'
import type { TokenBinding } from './token-binding.ts'
import { TokenCache } from './token-cache.ts'
import { type KnownElsewhere, TokenVerifier, type Unverified } from './token-verifier.ts'
import { VerifiedToken } from './verified-token.ts'

const cacheBounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

export const jwtCapability: JwtCapability = async (surroundings, introspections) => {
  const { plan, clock, metrics, keySets } = surroundings
  const cache = new TokenCache(cacheBounds)
  const refusals = { bearer: authRefusals(plan.name), dpop: authRefusals(plan.name, true) }
  const forgetWithdrawn = (): void => cache.forget(({ key }) => key?.withdrawn === true)
  const verifier = await TokenVerifier.make(plan, clock, keySets, forgetWithdrawn, surroundings.revocations)
  const authentication = new JwtAuthentication(surroundings, refusals, verifier, cache, introspections)
  return {
    authenticate: (operation) => authentication.step(operation),
    authorise: (operation) => authoriseStep(plan, operation, refusals.bearer, metrics),
    tokenOf: ({ issuer, scopeBits, keyType, consumer, claims }) =>
      new VerifiedToken(issuer, Number.POSITIVE_INFINITY, scopeBits, keyType, consumer, null, claims),
    barringEntry: (text, issuer) => verifier.barringEntry(text, issuer),
  }
}

/** What an operation takes, and how it says no. */
type Acceptance = {
  /** 1 for each issuer whose tokens will do. */
  readonly issuers: Uint8Array
  /** Tokens may come with a proof, which is checked by the step after this one. */
  readonly dpop: boolean
  readonly refusals: AuthRefusals
  /** Of what is known to be revoked. */
  readonly freshness: Freshness
  /** Whose key manager is asked about tokens that say nothing themselves; -1 for nobody's. */
  readonly asked: number
}

const neverStale: Freshness = { unknown: false }

type Scheme = 'bearer' | 'dpop'

type Outcome = Refusal | undefined | Promise<Refusal | undefined>

/** The kinds that may take tokens. */
type TokenSecurity = Extract<SecurityPlan, { kind: 'token' | 'credentials' }>

class JwtAuthentication {
  readonly #surroundings: Surroundings
  readonly #refusals: Readonly<Record<Scheme, AuthRefusals>>
  readonly #verifier: TokenVerifier
  readonly #counts: CredentialCounts
  readonly #cache: TokenCache
  /** By issuer; `null` for those whose key manager is not asked. */
  readonly #introspectors: readonly (Introspector | null)[]
  /** `null`: nothing is revoked through this gateway, or no answer is remembered. */
  readonly #dropped: DroppedTokens | null
  #droppedUntil: number = 0

  constructor(
    surroundings: Surroundings,
    refusals: Readonly<Record<Scheme, AuthRefusals>>,
    verifier: TokenVerifier,
    cache: TokenCache,
    introspections: Introspections | null,
  ) {
    this.#surroundings = surroundings
    this.#refusals = refusals
    this.#verifier = verifier
    this.#counts = surroundings.metrics.credentials('token')
    this.#cache = cache
    this.#introspectors = surroundings.plan.issuers.map(({ introspection }, issuer) => {
      if (introspection === null) return null
      const { keep } = introspection.cache
      const introspector =
        introspections?.(issuer, (text, claims, answeredAt) => verifier.judge(issuer, text, claims, answeredAt + keep)) ?? null
      if (introspector === null) throw new Error('An issuer needs introspection, and this bundle has none.')
      return introspector
    })
    this.#dropped = remembersDropped(surroundings)
    this.#droppedUntil = this.#dropped?.position ?? 0
    surroundings.metrics.tokenCache = cache
  }

  step({ security, onStale }: OperationPlan): Step | null {
    if (security.kind !== 'token' && security.kind !== 'credentials') return null
    const accepted = acceptedIssuers(security)
    // A token operation without any alternative is one that nobody can meet.
    if (security.kind === 'credentials' && accepted.length === 0) return null
    // Beside other kinds of credential, a request without a token is for the step behind them all.
    const anonymous = security.kind === 'credentials' || security.anonymous
    const certificateSuffices = security.kind === 'token' && security.certificateSuffices
    const { dpop } = security
    const issuers = new Uint8Array(this.#surroundings.plan.issuers.length)
    for (const issuer of accepted) issuers[issuer] = 1
    const asked = accepted.find((issuer) => this.#introspectors[issuer] !== null) ?? -1
    const freshness = this.#surroundings.revocations?.freshness(onStale) ?? neverStale
    const acceptance = { issuers, dpop, refusals: this.#refusals[dpop ? 'dpop' : 'bearer'], freshness, asked }
    return (exchange) => {
      const { credential } = exchange
      if (credential === null) {
        const without = anonymous || (certificateSuffices && exchange.certificate !== null)
        return without ? undefined : this.#refuse('missing', acceptance)
      }
      const now = this.#surroundings.clock.now()
      return this.#authenticate(exchange, credential, acceptance, now)
    }
  }

  #authenticate(exchange: Exchange, credential: string, acceptance: Acceptance, now: number): Outcome {
    const token = this.#cache.find(credential, now)
    return token === undefined
      ? this.#notCached(exchange, credential, acceptance, now)
      : this.#admit(exchange, token, 'bearer', acceptance, now)
  }

  #admit(exchange: Exchange, token: VerifiedToken, scheme: Scheme, acceptance: Acceptance, now: number): Outcome {
    if (token.introspected && this.#forgetsDropped()) return this.#authenticate(exchange, exchange.credential!, acceptance, now)
    if (token.expiresAt > now) return this.#accept(exchange, token, scheme, acceptance)
    // The cache has forgotten it.
    return token.introspected ? this.#notCached(exchange, exchange.credential!, acceptance, now) : this.#refuse('expired', acceptance)
  }

  /** Forgets what was revoked through the gateway since the last look; whether there was something. */
  #forgetsDropped(): boolean {
    if (this.#dropped === null) return false
    const { position } = this.#dropped
    if (position === this.#droppedUntil) return false
    const digests = this.#dropped.since(this.#droppedUntil)
    this.#droppedUntil = position
    if (digests === null) this.#cache.forget(({ introspected }) => introspected)
    else for (const digest of digests) this.#cache.drop(digest)
    return true
  }

  #accept(exchange: Exchange, token: VerifiedToken, scheme: Scheme, acceptance: Acceptance): Refusal | undefined {
    const { revocations } = this.#surroundings
    if (revocations !== null && token.marks !== null) {
      const revoked = revocations.isRevoked(token.marks)
      exchange.revocationEpoch = token.marks.epoch
      if (revoked) return this.#refuse('revoked', acceptance)
      if (acceptance.freshness.unknown) return this.#refuse('revocation-unknown', acceptance)
    }
    if (acceptance.issuers[token.issuer] !== 1) return this.#refuse('issuer-not-accepted', acceptance)
    if (token.binding !== null || scheme === 'dpop') {
      const failure = wrongSender(token.binding, scheme, exchange)
      if (failure !== undefined) return this.#refuse(failure, acceptance)
    }
    this.#counts.accepted++
    exchange.token = token
    if (token.consumer !== null) exchange.consumer = token.consumer
    return undefined
  }

  #notCached(exchange: Exchange, credential: string, acceptance: Acceptance, now: number): Outcome {
    const bearer = bearerToken(credential)
    const text = bearer ?? (acceptance.dpop ? dpopToken(credential) : undefined)
    if (text === undefined) return this.#refuse('scheme', acceptance)
    const scheme = bearer === undefined ? 'dpop' : 'bearer'
    // One entry for a token, however its client presents it.
    const key = bearerPrefix + text
    if (key !== credential) {
      const token = this.#cache.find(key, now)
      if (token !== undefined) return this.#admit(exchange, token, scheme, acceptance, now)
    }
    const unverified = this.#verifier.read(text)
    if (isForKeyManager(unverified, text, acceptance)) return this.#ask(exchange, key, text, scheme, acceptance)
    if (typeof unverified === 'string') return this.#refuse(unverified, acceptance)
    if (!('jws' in unverified)) return this.#refuse('issuer-not-accepted', acceptance)
    this.#cache.misses++
    const verified = this.#verifier.verify(unverified)
    if (verified === 'signature') return this.#refuseForgery(acceptance)
    if (typeof verified === 'string') return this.#refuse(verified, acceptance)
    this.#cache.add(key, verified)
    return this.#admit(exchange, verified, scheme, acceptance, now)
  }

  #ask(exchange: Exchange, key: string, text: string, scheme: Scheme, acceptance: Acceptance): Outcome {
    const decide = (token: VerifiedToken | AuthFailureReason): Refusal | undefined =>
      typeof token === 'string' ? this.#refuse(token, acceptance) : this.#accept(exchange, token, scheme, acceptance)
    this.#cache.misses++
    const askedAt = this.#dropped?.position ?? 0
    const asked = this.#introspectors[acceptance.asked]!.ask(text, exchange.caller.key)
    if (!(asked instanceof Promise)) return decide(asked)
    return asked.then((token) => {
      if (typeof token !== 'string') {
        const claimsLength = token.claims === null ? 0 : JSON.stringify(token.claims).length
        // Of several requests that wait for one answer, the first has asked.
        if (this.#dropped !== null && token.digest === null) {
          token.digest = digestOf(text)
          token.askedAt = askedAt
        }
        this.#cache.add(key, token, claimsLength, token.digest)
      }
      return decide(token)
    })
  }

  /**
   * A forged signature costs as much as a good one, and its maker little. The answer waits for the next turn of the loop, so that a
   * connection has one of them checked in each, however many requests it has sent ahead.
   */
  #refuseForgery(acceptance: Acceptance): Promise<Refusal> {
    return new Promise((resolve) => setImmediate(resolve, this.#refuse('signature', acceptance)))
  }

  #refuse(reason: AuthFailureReason, { refusals }: Acceptance): Refusal {
    this.#counts.refused(reason)
    return refusals[reason]
  }
}

/** Three parts, the first of which begins as the base64url of `{"`, or of `{` and white space. */
const meantAsJwt = /^(?:ey[AJ]|ew[0ko])[^.]*\.[^.]*\.[^.]*$/

/**
 * A text that is no JWT, nor was meant as one, or a JWT of an issuer without keys. Whether its claims say whose it is makes no difference
 * to what is asked: the key manager decides.
 */
function isForKeyManager(read: Unverified | KnownElsewhere | AuthFailureReason, text: string, { asked }: Acceptance): boolean {
  if (asked === -1) return false
  if (typeof read === 'string') return read === 'malformed' && !meantAsJwt.test(text)
  return !('jws' in read) && read.issuer === asked
}

function remembersDropped({ plan, shared }: Surroundings): DroppedTokens | null {
  const revokes = plan.operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke')
  return revokes && plan.issuers.some(({ introspection }) => introspection !== null)
    ? new DroppedTokens(shared(droppedTokensName, DroppedTokens.make))
    : null
}

/** Of all alternatives. */
function acceptedIssuers(security: TokenSecurity): readonly number[] {
  return security.kind === 'token'
    ? security.alternatives.flatMap(({ issuers }) => issuers)
    : security.alternatives.flatMap(({ token }) => token?.issuers ?? [])
}

/** A token that is bound to a key comes with a proof, and no other does: a proof that nobody asked for proves nothing. */
function wrongSender(binding: TokenBinding | null, scheme: Scheme, { certificate }: Exchange): AuthFailureReason | undefined {
  const needsProof = binding !== null && binding.key !== null
  if (needsProof !== (scheme === 'dpop')) return needsProof ? 'proof-needed' : 'proof-unexpected'
  if (binding === null || binding.certificate === null) return undefined
  return certificate?.thumbprint === binding.certificate ? undefined : 'other-certificate'
}
