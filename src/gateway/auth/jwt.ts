/**
 * Bearer tokens that are JWTs. A token is verified when it is first seen; after that a request costs a look-up by the token's text and
 * a comparison of times.
 */
import type { OperationPlan, SecurityPlan } from '../../contract/plan.ts'
import type { JwtCapability, Surroundings } from '../capabilities.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import { type AuthFailureReason, type AuthRefusals, authRefusals } from './auth-refusals.ts'
import { authoriseStep } from './authorise.ts'
import { bearerPrefix, bearerToken } from './bearer.ts'
import { TokenCache } from './token-cache.ts'
import { TokenVerifier, type Unverified } from './token-verifier.ts'
import type { VerifiedToken } from './verified-token.ts'

const cacheBounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

/** Texts that are being verified and that requests with the same token wait for; beyond this each request verifies for itself. */
const maxPending = 10_000

export const jwtCapability: JwtCapability = async (surroundings) => {
  const { plan, clock, metrics } = surroundings
  const refusals = authRefusals(plan.name)
  const verifier = await TokenVerifier.make(plan, clock)
  const authentication = new JwtAuthentication(surroundings, refusals, verifier)
  return {
    authenticate: (operation) => authentication.step(operation),
    authorise: (operation) => authoriseStep(plan, operation, refusals, metrics),
  }
}

class JwtAuthentication {
  readonly #surroundings: Surroundings
  readonly #refusals: AuthRefusals
  readonly #verifier: TokenVerifier
  readonly #cache: TokenCache = new TokenCache(cacheBounds)
  readonly #pending: Map<string, Promise<VerifiedToken | AuthFailureReason>> = new Map()

  constructor(surroundings: Surroundings, refusals: AuthRefusals, verifier: TokenVerifier) {
    this.#surroundings = surroundings
    this.#refusals = refusals
    this.#verifier = verifier
    surroundings.metrics.tokenCache = this.#cache
  }

  step(operation: OperationPlan): Step | null {
    const { security } = operation
    const accepted = new Uint8Array(this.#surroundings.plan.issuers.length)
    for (const issuer of acceptedIssuers(security)) accepted[issuer] = 1
    // A token operation without any alternative is one that nobody can meet.
    if (security.kind !== 'token' && !accepted.includes(1)) return null
    // Beside other kinds of credential, a request without a token is for the step behind them all.
    const besideOthers = security.kind !== 'token'
    const anonymous = besideOthers || security.anonymous
    const certificateSuffices = !besideOthers && security.certificateSuffices
    return (exchange) => {
      const { credential } = exchange
      if (credential === null)
        return anonymous || (certificateSuffices && exchange.certificate !== null) ? undefined : this.#refuse('missing')
      const now = this.#surroundings.clock.now()
      const token = this.#cache.find(credential, now)
      return token === undefined ? this.#notCached(exchange, credential, accepted, now) : this.#admit(exchange, token, accepted, now)
    }
  }

  #admit(exchange: Exchange, token: VerifiedToken, accepted: Uint8Array, now: number): Refusal | undefined {
    if (token.expiresAt <= now) return this.#refuse('expired')
    if (accepted[token.issuer] !== 1) return this.#refuse('issuer-not-accepted')
    exchange.token = token
    if (token.consumer !== null) exchange.consumer = token.consumer
    return undefined
  }

  #notCached(
    exchange: Exchange,
    credential: string,
    accepted: Uint8Array,
    now: number,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const text = bearerToken(credential)
    if (text === undefined) return this.#refuse('scheme')
    // One entry for a token, however its client spells the scheme.
    const key = bearerPrefix + text
    if (key !== credential) {
      const token = this.#cache.find(key, now)
      if (token !== undefined) return this.#admit(exchange, token, accepted, now)
    }
    const unverified = this.#verifier.read(text)
    return typeof unverified === 'string' ? this.#refuse(unverified) : this.#verify(exchange, key, unverified, accepted)
  }

  async #verify(exchange: Exchange, key: string, unverified: Unverified, accepted: Uint8Array): Promise<Refusal | undefined> {
    this.#cache.misses++
    const verified = await (this.#pending.get(key) ?? this.#startVerifying(key, unverified))
    return typeof verified === 'string' ? this.#refuse(verified) : this.#admit(exchange, verified, accepted, this.#surroundings.clock.now())
  }

  #startVerifying(key: string, unverified: Unverified): Promise<VerifiedToken | AuthFailureReason> {
    const verifying = this.#verifier.verify(unverified).then((verified) => {
      this.#pending.delete(key)
      if (typeof verified !== 'string') this.#cache.add(key, verified)
      return verified
    })
    if (this.#pending.size < maxPending) this.#pending.set(key, verifying)
    return verifying
  }

  #refuse(reason: AuthFailureReason): Refusal {
    this.#surroundings.metrics.authFailure(reason)
    return this.#refusals[reason]
  }
}

/** Of all alternatives; none where no token is asked for. */
function acceptedIssuers(security: SecurityPlan): readonly number[] {
  switch (security.kind) {
    case 'public':
    case 'certificate':
      return []
    case 'token':
      return security.alternatives.flatMap(({ issuers }) => issuers)
    case 'credentials':
      return security.alternatives.flatMap(({ token }) => token?.issuers ?? [])
  }
}
