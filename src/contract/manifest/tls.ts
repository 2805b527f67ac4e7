/** TLS towards whom the gateway itself calls. */
import type { ManifestAuthority } from './authority.ts'

export type ManifestBackendTls = {
  /** Empty where those that Node trusts are trusted. */
  readonly authorities: readonly ManifestAuthority[]
  /** As written, with their settings. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null
  readonly serverName: string | null
}
