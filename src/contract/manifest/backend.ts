import type { ManifestClient } from './client-authentication.ts'
import type { SourceReference } from './source-reference.ts'
import type { ManifestBackendTls } from './tls.ts'

export type ManifestBackend = {
  /** Its place in `backends`, by which log and metrics name it as `upstream`. */
  readonly index: number
  readonly url: string
  readonly http: '1.1' | '2'
  readonly tls: ManifestBackendTls | null
  /** As what the gateway makes itself known; `null` for nothing but perhaps a certificate. */
  readonly credential: ManifestBackendCredential | null
  readonly at: SourceReference
}

/** As written, with their settings: no secret. */
export type ManifestBackendCredential = { readonly at: SourceReference } & (
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'digest'; readonly user: string; readonly password: string; readonly algorithms: readonly string[] }
  | { readonly kind: 'api-key'; readonly in: 'header' | 'query'; readonly name: string; readonly key: string }
  | {
      readonly kind: 'client-credentials'
      readonly url: string
      readonly plainHttp: boolean
      readonly tls: ManifestBackendTls | null
      readonly client: ManifestClient
      readonly scopes: readonly string[]
      readonly audience: string | null
    }
)
