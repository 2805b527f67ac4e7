/**
 * DPoP (RFC 9449): a token that is bound to a key is worth nothing without a proof of that key, made for this request and used once.
 * The step stands after the one that admits the token, and looks at bound tokens only.
 */

import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { DpopCapability, ProofOfPossession } from '../capabilities/dpop.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { VerificationKey } from '../jws/signature.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { proofAge, proofSkew, readProof } from './proof.ts'
import { type ProofFailure, type ProofRefusals, proofRefusals } from './proof-refusals.ts'
import { isRequestUri } from './request-uri.ts'
import { UsedProofs } from './used-proofs.ts'

const scheme = 'DPoP '

/** Seconds from a proof's `iat` after which it is refused for its age, and its id may be forgotten. */
const rememberedFor = (proofAge + proofSkew) / 1000 + 1

export const dpopCapability: DpopCapability = (surroundings) => new Dpop(surroundings)

class Dpop implements ProofOfPossession {
  readonly watchedFields: readonly string[] = ['dpop']
  readonly #surroundings: Surroundings
  readonly #refusals: ProofRefusals
  readonly #publicOrigins: ReadonlySet<string>
  readonly #used: UsedProofs
  readonly #counts: CredentialCounts
  /** The keys of tokens that are remembered, imported. */
  readonly #keys: WeakMap<VerifiedToken, VerificationKey> = new WeakMap()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#publicOrigins = new Set(surroundings.plan.publicOrigins)
    this.#refusals = proofRefusals(surroundings.plan.name)
    this.#counts = surroundings.metrics.credentials('proof')
    this.#used = new UsedProofs(
      surroundings.shared('dpop-proofs', () => UsedProofs.make()),
      rememberedFor + proofSkew / 1000 + 1,
    )
  }

  prove({ security }: OperationPlan, fields: RequestFields): Step | null {
    if ((security.kind !== 'token' && security.kind !== 'credentials') || !security.dpop) return null
    const slot = fields.slot('dpop')
    return (exchange) => {
      const { token } = exchange
      const key = token?.binding?.key ?? null
      return token === null || key === null ? undefined : this.#check(exchange, token, key, slot)
    }
  }

  #check(exchange: Exchange, token: VerifiedToken, key: string, slot: number): Refusal | undefined | Promise<Refusal> {
    const { head, credential } = exchange
    if (head.occurrences(slot) !== 1) return this.#refuse('proof-missing', exchange)
    // The step before has let such a token through with this scheme only.
    const text = credential!.slice(scheme.length)
    const now = this.#surroundings.clock.now()
    const proven = {
      method: head.method,
      isTarget: (uri: string) => isRequestUri(uri, exchange, this.#publicOrigins),
      token: text,
      key,
      now,
    }
    const proof = readProof(head.value(slot)!, proven, this.#keys.get(token), (imported) => this.#keys.set(token, imported))
    if (typeof proof === 'string') return this.#refuse(proof, exchange)
    if (!proof.hasSignature()) {
      // As with forged tokens: a connection has one of them checked in each turn of the loop.
      return new Promise((resolve) => setImmediate(resolve, this.#refuse('proof-signature', exchange)))
    }
    const seconds = Math.floor(now / 1000)
    const use = this.#used.use(`${key}.${proof.id}`, Math.ceil(proof.issued) + rememberedFor, seconds)
    if (use !== 'first') return this.#refuse(use === 'again' ? 'proof-replayed' : 'proof-room', exchange)
    this.#counts.accepted++
    return undefined
  }

  /** The token alone says nothing about who is calling. */
  #refuse(reason: ProofFailure, exchange: Exchange): Refusal {
    exchange.token = null
    exchange.consumer = exchange.holder ?? exchange.certificate?.consumer ?? exchange.caller
    this.#counts.refused(reason)
    return this.#refusals[reason]
  }
}
