/** With what tokens are verified. */
import type { ServicePlan } from './service.ts'

export type JwtAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519'

/** A verification key, baked. `jwk` holds public members only (RFC 7517). */
export type KeyPlan = {
  /** `null`: the key has no id, and is tried for tokens without `kid`. */
  readonly kid: string | null
  readonly algorithms: readonly JwtAlgorithm[]
  readonly jwk: Readonly<Record<string, string>>
  /** Seconds since the epoch after which the key's certificate is no longer valid; `null` where nothing says so. */
  readonly notAfter: number | null
}

/** Keys that the gateway fetches while it runs (a JWKS), in the place of baked ones. */
export type FetchedKeysPlan = {
  readonly service: ServicePlan
  /** Milliseconds from one fetch to the next. */
  readonly refresh: number
  /** Those that the keys of a set may be used with. */
  readonly algorithms: readonly JwtAlgorithm[]
}
