/**
 * Bearer tokens that are JWTs. A token is verified when it is first seen; after that a request costs a look-up by the token's text and
 * a comparison of times.
 */
import type { OperationPlan } from '../../contract/plan.ts'
import type { JwtCapability, Surroundings } from '../capabilities.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import { type AuthFailureReason, type AuthRefusals, authRefusals } from './auth-refusals.ts'
import { authoriseStep } from './authorise.ts'
import { bearerPrefix, bearerToken } from './bearer.ts'
import { TokenCache } from './token-cache.ts'
import { TokenVerifier } from './token-verifier.ts'
import type { VerifiedToken } from './verified-token.ts'

const cacheBounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

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

  constructor(surroundings: Surroundings, refusals: AuthRefusals, verifier: TokenVerifier) {
    this.#surroundings = surroundings
    this.#refusals = refusals
    this.#verifier = verifier
    surroundings.metrics.tokenCache = this.#cache
  }

  step(operation: OperationPlan): Step | null {
    const { security } = operation
    if (security.kind !== 'token') return null
    const accepted = new Uint8Array(this.#surroundings.plan.issuers.length)
    for (const { issuers } of security.alternatives) for (const issuer of issuers) accepted[issuer] = 1
    const { anonymous, certificateSuffices } = security
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
    if (typeof unverified === 'string') return this.#refuse(unverified)
    this.#cache.misses++
    const verified = this.#verifier.verify(unverified)
    if (verified === 'signature') return this.#refuseForgery()
    if (typeof verified === 'string') return this.#refuse(verified)
    this.#cache.add(key, verified)
    return this.#admit(exchange, verified, accepted, now)
  }

  /**
   * A forged signature costs as much as a good one, and its maker little. The answer waits for the next turn of the loop, so that a
   * connection has one of them checked in each, however many requests it has sent ahead.
   */
  #refuseForgery(): Promise<Refusal> {
    return new Promise((resolve) => setImmediate(resolve, this.#refuse('signature')))
  }

  #refuse(reason: AuthFailureReason): Refusal {
    this.#surroundings.metrics.authFailure(reason)
    return this.#refusals[reason]
  }
}
