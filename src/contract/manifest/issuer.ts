/** Whose tokens count. */
import type { IssuerPlan } from '../plan/issuer.ts'
import type { ManifestIntrospection } from './introspection.ts'
import type { SourceReference } from './source-reference.ts'
import type { ManifestBackendTls } from './tls.ts'

export type ManifestIssuer = {
  readonly issuer: string
  readonly audiences: readonly string[] | 'any'
  readonly at: SourceReference
  readonly clockSkewSeconds: number
  /** Names of the claims that are read. */
  readonly claims: IssuerPlan['claims']
  readonly profile: IssuerPlan['profile']
  /** What tokens may be bound to, and whether they must be. */
  readonly senderConstrained: IssuerPlan['senderConstrained']
  /** Where they are fetched while the gateway runs; `null` where they are baked. */
  readonly fetchedKeys: ManifestFetchedKeys | null
  /** How its key manager is asked about tokens; `null` where it is not. */
  readonly introspection: ManifestIntrospection | null
  readonly keys: readonly {
    readonly kid: string | null
    readonly type: string
    readonly algorithms: readonly string[]
    readonly thumbprint: string
    /** When it begins and ends to be valid, where its certificate says so. */
    readonly begins: string | null
    readonly expires: string | null
  }[]
}

export type ManifestFetchedKeys = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainHttp: boolean
  readonly tls: ManifestBackendTls | null
  readonly refreshSeconds: number
  readonly algorithms: readonly string[]
  readonly at: SourceReference
}
