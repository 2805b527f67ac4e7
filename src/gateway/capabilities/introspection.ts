/** What asks key managers about tokens, and tells other gateways what they say. */
import type { AuthFailureReason } from '../auth/auth-refusals.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { Claims } from '../claims.ts'
import type { Surroundings } from './surroundings.ts'

/** Opens what asks the key managers of the plan; rejects with a StartError. */
export type IntrospectionCapability = (surroundings: Surroundings, shared: SharedIntrospections | null) => Promise<Introspections>

/** `null` for an issuer whose tokens nobody is asked about. */
export type Introspections = (issuer: number, judge: JudgeAnswer) => Introspector | null

/** Makes a token of a good answer, which was given at `answeredAt` (milliseconds since the epoch), or says why it is none. */
export type JudgeAnswer = (text: string, claims: Claims, answeredAt: number) => VerifiedToken | AuthFailureReason

/** Somebody who knows of tokens. Never rejects; `null`: there is no answer. */
export type TokenQuestions = { ask(token: string): Promise<TokenAnswer | null> }

export type TokenAnswer = {
  /** `null`: the token is not good. */
  readonly claims: Claims | null
  /** Milliseconds since the epoch. */
  readonly answeredAt: number
}

/** Opens what gateways share of the answers of key managers. Rejects with a StartError for settings that cannot be used. */
export type SharedIntrospectionCapability = (surroundings: Surroundings) => Promise<SharedIntrospections>

export type SharedIntrospections = {
  /** Asks the other gateways before the key manager, and tells them what that says. Where they share nothing, it is the key manager alone. */
  readonly share: (issuer: number, keyManager: TokenQuestions) => TokenQuestions
  /** A token was revoked through this gateway: the others are told. */
  readonly revoked: (token: string) => void
}

export type Introspector = {
  /**
   * What the key manager says of a token, now or when it has answered. Resolves at the latest when its time is over; one question is asked
   * about one token, however many requests wait for it. `caller`: whose question it is, as far as bounds go.
   */
  ask(text: string, caller: string): VerifiedToken | AuthFailureReason | Promise<VerifiedToken | AuthFailureReason>
}
