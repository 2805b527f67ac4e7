/** Whose tokens count, and what verifies them. */
import type { IssuerPlan } from '../../../contract/plan/issuer.ts'
import type { JwtAlgorithm } from '../../../contract/plan/keys.ts'
import type { KeyManagerEndpoint } from '../../../contract/plan/operation.ts'
import type { Location } from '../../source/location.ts'
import type { Backend } from './backend.ts'
import type { Introspection } from './introspection.ts'
import type { Placed } from './placed.ts'
import type { Service } from './service.ts'

export type Issuer = {
  readonly issuer: string
  readonly at: Location
  readonly audiences: readonly string[] | 'any'
  /** Empty where they are fetched. */
  readonly keys: readonly IssuerKey[]
  /** `null`: the keys are baked. */
  readonly fetchedKeys: FetchedKeys | null
  /** What the keys are confined to; `null` for whatever they allow. */
  readonly algorithms: readonly JwtAlgorithm[] | null
  /** Seconds. */
  readonly clockSkew: number
  /** See IssuerPlan. */
  readonly claims: IssuerPlan['claims']
  readonly profile: IssuerPlan['profile']
  /** `null`: tokens are bound to nothing. */
  readonly senderConstrained: SenderConstrained | null
  /** `null`: nobody is asked about its tokens. */
  readonly introspection: Introspection | null
  /** `null`: clients do not reach its key manager through the gateway. */
  readonly passThrough: PassThrough | null
  /** Whether its tokens need a subscription; `null` where nothing is said. */
  readonly validateSubscriptions: Placed<boolean> | null
}

/** See FetchedKeysPlan. */
export type FetchedKeys = {
  readonly service: Service
  /** Milliseconds. */
  readonly refresh: number
  readonly at: Location
}

/** Endpoints of a key manager that clients reach through the gateway, at `basePath` and their own names. */
export type PassThrough = {
  readonly basePath: Placed<string>
  readonly endpoints: readonly { readonly endpoint: KeyManagerEndpoint; readonly backend: Placed<Backend> }[]
  readonly at: Location
}

/** See IssuerPlan. */
export type SenderConstrained = IssuerPlan['senderConstrained'] & { readonly at: Location }

export type IssuerKey = {
  readonly kid: string | null
  readonly algorithms: readonly JwtAlgorithm[]
  /** Public members only. */
  readonly jwk: Readonly<Record<string, string>>
  /** Seconds since the epoch; `null` where nothing says so. */
  readonly notBefore: number | null
  readonly notAfter: number | null
  readonly at: Location
}
