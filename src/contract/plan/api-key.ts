/** Whose API keys count. */
import type { KeyPlan } from './keys.ts'
import type { PasswordPlan } from './user.ts'

/** A key that is known by its digest. */
export type ApiKeyPlan = {
  readonly id: string
  readonly digest: Extract<PasswordPlan, { readonly kind: 'scrypt' }> | { readonly kind: 'sha256'; readonly hash: string }
  /** Who counts as caller. */
  readonly consumer: string
  /** By which it is limited, over all APIs; `null`: it does not say. */
  readonly tier: string | null
  readonly scopes: readonly number[]
  /** `null`: all of them. */
  readonly apis: readonly number[] | null
  /** CIDR ranges or single addresses; empty for any. */
  readonly addresses: readonly string[]
  /** Origins (RFC 6454) of the pages that may send it; empty for any, and for clients that are no page. */
  readonly origins: readonly string[]
  /** Milliseconds since the epoch from which it is refused; `null`: never. */
  readonly expiresAt: number | null
}

/** Who signs API keys that are JWTs, as WSO2's are. */
export type ApiKeyIssuerPlan = {
  readonly issuer: string
  readonly keys: readonly KeyPlan[]
  /** Seconds. */
  readonly clockSkew: number
  /** Only what has the claim `token_type: apiKey` is a key: its access tokens have the same issuer. */
  readonly typed: boolean
  /** A key opens the APIs that it names, and not all of them. */
  readonly confined: boolean
}
