import type { ApiKeyPlan } from '../../../contract/plan/api-key.ts'
import type { Location } from '../../source/location.ts'
import type { IssuerKey } from './issuer.ts'
import type { Placed } from './placed.ts'

/** See ApiKeyPlan. */
export type ApiKey = {
  readonly id: string
  readonly digest: ApiKeyPlan['digest']
  readonly consumer: string
  readonly tier: Placed<string> | null
  readonly scopes: readonly string[]
  /** Titles; `null` for all APIs. */
  readonly apis: readonly Placed<string>[] | null
  readonly addresses: readonly string[]
  readonly origins: readonly string[]
  readonly expiresAt: number | null
  readonly at: Location
}

/** See ApiKeyIssuerPlan. */
export type ApiKeyIssuer = {
  readonly issuer: string
  readonly keys: readonly IssuerKey[]
  readonly clockSkew: number
  readonly confined: boolean
  readonly at: Location
}
