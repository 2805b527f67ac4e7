/**
 * Bearer tokens that are JWTs. A token is verified when it is first seen; after that a request costs a look-up by the token's text and
 * a comparison of times.
 */
import type { OperationPlan, SecurityPlan } from '../../contract/plan.ts'
import type { JwtCapability, Surroundings } from '../capabilities.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { type AuthFailureReason, type AuthRefusals, authRefusals } from './auth-refusals.ts'
import { authoriseStep } from './authorise.ts'
import { bearerPrefix, bearerToken, dpopToken } from './bearer.ts'
import type { TokenBinding } from './token-binding.ts'
import { TokenCache } from './token-cache.ts'
import { TokenVerifier } from './token-verifier.ts'
import type { VerifiedToken } from './verified-token.ts'

const cacheBounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

export const jwtCapability: JwtCapability = async (surroundings) => {
  const { plan, clock, metrics, keySets } = surroundings
  const cache = new TokenCache(cacheBounds)
  const refusals = { bearer: authRefusals(plan.name), dpop: authRefusals(plan.name, true) }
  const forgetWithdrawn = (): void => cache.forget(({ key }) => key?.withdrawn === true)
  const verifier = await TokenVerifier.make(plan, clock, keySets, forgetWithdrawn)
  const authentication = new JwtAuthentication(surroundings, refusals, verifier, cache)
  return {
    authenticate: (operation) => authentication.step(operation),
    authorise: (operation) => authoriseStep(plan, operation, refusals.bearer, metrics),
  }
}

/** What an operation takes, and how it says no. */
type Acceptance = {
  /** 1 for each issuer whose tokens will do. */
  readonly issuers: Uint8Array
  /** Tokens may come with a proof, which is checked by the step after this one. */
  readonly dpop: boolean
  readonly refusals: AuthRefusals
}

type Scheme = 'bearer' | 'dpop'

/** The kinds that may take tokens. */
type TokenSecurity = Extract<SecurityPlan, { kind: 'token' | 'credentials' }>

class JwtAuthentication {
  readonly #surroundings: Surroundings
  readonly #refusals: Readonly<Record<Scheme, AuthRefusals>>
  readonly #verifier: TokenVerifier
  readonly #counts: CredentialCounts
  readonly #cache: TokenCache

  constructor(surroundings: Surroundings, refusals: Readonly<Record<Scheme, AuthRefusals>>, verifier: TokenVerifier, cache: TokenCache) {
    this.#surroundings = surroundings
    this.#refusals = refusals
    this.#verifier = verifier
    this.#counts = surroundings.metrics.credentials('token')
    this.#cache = cache
    surroundings.metrics.tokenCache = cache
  }

  step(operation: OperationPlan): Step | null {
    const { security } = operation
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
    const acceptance = { issuers, dpop, refusals: this.#refusals[dpop ? 'dpop' : 'bearer'] }
    return (exchange) => {
      const { credential } = exchange
      if (credential === null) {
        const without = anonymous || (certificateSuffices && exchange.certificate !== null)
        return without ? undefined : this.#refuse('missing', acceptance)
      }
      const now = this.#surroundings.clock.now()
      const token = this.#cache.find(credential, now)
      return token === undefined
        ? this.#notCached(exchange, credential, acceptance, now)
        : this.#admit(exchange, token, 'bearer', acceptance, now)
    }
  }

  #admit(exchange: Exchange, token: VerifiedToken, scheme: Scheme, acceptance: Acceptance, now: number): Refusal | undefined {
    if (token.expiresAt <= now) return this.#refuse('expired', acceptance)
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

  #notCached(
    exchange: Exchange,
    credential: string,
    acceptance: Acceptance,
    now: number,
  ): Refusal | undefined | Promise<Refusal | undefined> {
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
    if (typeof unverified === 'string') return this.#refuse(unverified, acceptance)
    this.#cache.misses++
    const verified = this.#verifier.verify(unverified)
    if (verified === 'signature') return this.#refuseForgery(acceptance)
    if (typeof verified === 'string') return this.#refuse(verified, acceptance)
    this.#cache.add(key, verified)
    return this.#admit(exchange, verified, scheme, acceptance, now)
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
