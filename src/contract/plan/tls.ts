/** TLS towards whom the gateway itself calls. */
import type { SettingText } from './setting.ts'

export type BackendTlsPlan = {
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  /** Paths of PEM files for the gateway's own certificate; `null` where it shows none. */
  readonly clientCertificate: { readonly certificate: SettingText; readonly key: SettingText } | null
  /** The name that is asked for and verified; `null` for the URL's host. */
  readonly serverName: string | null
}
