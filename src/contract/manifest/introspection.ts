/** How a key manager is asked about tokens. */
import type { ManifestAuthority } from './authority.ts'
import type { ManifestClient } from './client-authentication.ts'
import type { SourceReference } from './source-reference.ts'
import type { ManifestBackendTls } from './tls.ts'

export type ManifestSharedCache = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainTcp: boolean
  readonly authorities: readonly ManifestAuthority[]
  /** As written: what seals answers. */
  readonly secret: string
  readonly timeoutMilliseconds: number
}

export type ManifestIntrospection = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainHttp: boolean
  readonly tls: ManifestBackendTls | null
  readonly client: ManifestClient
  readonly timeoutMilliseconds: number
  readonly lookups: number
  readonly cache: {
    /** `invalidated`: a feed says what is revoked, and it is refused at once. */
    readonly mode: 'local' | 'invalidated' | 'shared'
    readonly keepMilliseconds: number
    readonly keepInvalidMilliseconds: number
    /** Where gateways leave answers for each other; `null` where they do not. */
    readonly shared: ManifestSharedCache | null
  }
  readonly at: SourceReference
}
