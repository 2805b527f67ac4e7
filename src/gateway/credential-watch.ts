/**
 * The capability `credential-watch`: whether what a request came with still holds while its exchange or its tunnel lasts. Each sweep looks at
 * everything that is under way, so that nothing is registered anywhere and a short request pays nothing.
 */
import type { SecurityPlan } from '../contract/plan/security.ts'
import type { VerifiedToken } from './auth/verified-token.ts'
import type { CredentialEnd, CredentialWatch, CredentialWatchCapability } from './capabilities/credential-watch.ts'
import type { Surroundings } from './capabilities/surroundings.ts'
import { challengesOf, tokenChallenges } from './challenges.ts'
import { DroppedTokens, droppedTokensName } from './dropped-tokens.ts'
import type { Exchange, Refusal } from './exchange.ts'
import type { RevocationMarks } from './revocation/marks.ts'

export const credentialWatchCapability: CredentialWatchCapability = (surroundings) => new SweptCredentials(surroundings)

class SweptCredentials implements CredentialWatch {
  readonly #surroundings: Surroundings
  /** `null`: nothing is revoked through this gateway. */
  readonly #dropped: DroppedTokens | null
  /**
   * Where the ring of dropped tokens was at the last sweep, and the digests that came since the one before, each with where the ring was then;
   * `null`: it may be any.
   */
  #position: number
  #digests: ReadonlyMap<string, number> | null = new Map()
  /** For metrics: exchanges that were cut. */
  readonly #cut: Map<CredentialEnd, number> = new Map()

  constructor(surroundings: Surroundings) {
    const { plan, shared, metrics } = surroundings
    this.#surroundings = surroundings
    const revokes = plan.operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke')
    this.#dropped = revokes ? new DroppedTokens(shared(droppedTokensName, DroppedTokens.make)) : null
    this.#position = this.#dropped?.position ?? 0
    metrics.credentialsEnded = this.#cut
  }

  sweep(): void {
    if (this.#dropped === null) return
    const { position } = this.#dropped
    if (position === this.#position) {
      if (this.#digests === null || this.#digests.size > 0) this.#digests = new Map()
      return
    }
    const from = this.#position
    const digests = this.#dropped.since(from)
    this.#position = position
    this.#digests = digests === null ? null : new Map(digests.map((digest, index) => [digest, (from + index + 1) | 0]))
  }

  ended(exchange: Exchange, lasting: boolean): CredentialEnd | null {
    const { token, apiKey, user, certificate } = exchange
    if (token !== null && this.#isDropped(token)) return 'revoked'
    if (this.#isRevoked(exchange, token?.marks) || this.#isRevoked(exchange, apiKey?.marks)) return 'revoked'
    if (token?.key?.withdrawn === true) return 'key-withdrawn'
    if (!lasting) return null
    const now = this.#surroundings.clock.now()
    if (token !== null && token.endsAt <= now) return 'token-expired'
    if (apiKey !== null && apiKey.expiresAt <= now) return 'credential-expired'
    if (user !== null && user.expiresAt <= now) return 'credential-expired'
    return certificate !== null && certificate.notAfter < now ? 'certificate-expired' : null
  }

  refusal(end: CredentialEnd, { security }: { readonly security: SecurityPlan }): Refusal {
    this.#cut.set(end, (this.#cut.get(end) ?? 0) + 1)
    const expired = end === 'token-expired' || end === 'credential-expired' || end === 'certificate-expired'
    return {
      kind: expired ? 'credential-expired' : 'credential-invalid',
      fields: challenges(security, this.#surroundings.plan.name),
      reason: end,
    }
  }

  /** Noted at the token: whoever has it may be looked at when the digest is known no more. */
  #isDropped(token: VerifiedToken): boolean {
    if (token.digest === null) return false
    const droppedAt = this.#digests === null ? this.#position : this.#digests.get(token.digest)
    // Numbers of the ring may wrap. Of one that was asked about since, the key manager has said again that it is good.
    if (droppedAt !== undefined && ((droppedAt - token.askedAt) | 0) > 0) token.dropped = true
    return token.dropped
  }

  #isRevoked(exchange: Exchange, marks: RevocationMarks | null | undefined): boolean {
    const { revocations } = this.#surroundings
    if (revocations === null || marks === null || marks === undefined || !revocations.isRevoked(marks)) return false
    exchange.revocationEpoch = marks.epoch
    return true
  }
}

function challenges(security: SecurityPlan, realm: string): string {
  if (security.kind === 'token') return tokenChallenges(realm, ', error="invalid_token"', security.dpop)
  if (security.kind !== 'credentials') return ''
  const { token, apiKey, basic } = challengesOf(security, realm)
  return token + apiKey + basic
}
