import type { ManifestAuthority } from './authority.ts'
import type { ManifestBackendTls } from './tls.ts'

/** A Traffic Manager of WSO2. Addresses, names and passwords as written, with settings by name. */
export type ManifestTrafficManager = {
  readonly kind: 'trafficManager'
  readonly events: ManifestManagerService
  readonly data: ManifestManagerService
  /** Shown to both. */
  readonly login: ManifestLogin | null
  readonly decisions: {
    readonly url: string
    readonly login: ManifestLogin | null
    readonly authorities: readonly ManifestAuthority[]
    readonly exchange: string
    readonly topic: string
  }
  readonly tenant: string
  readonly whenAway: 'local' | 'deny' | 'allow'
  readonly replicas: number
}

export type ManifestManagerService = { readonly url: string; readonly plainHttp: boolean; readonly tls: ManifestBackendTls | null }

export type ManifestLogin = { readonly username: string; readonly password: string }
