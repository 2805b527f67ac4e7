import type { BackendCredentialPlan } from '../../../contract/plan/backend-credential.ts'
import type { SettingText } from '../../../contract/plan/setting.ts'
import type { Location } from '../../source/location.ts'
import type { Authority } from './authority.ts'

/** See UpstreamPlan and BackendTlsPlan. */
export type Backend = {
  readonly url: SettingText
  readonly http: '1.1' | '2'
  readonly tls: BackendTls | null
  readonly credential: BackendCredential | null
}

/** See BackendCredentialPlan. */
export type BackendCredential = {
  readonly plan: BackendCredentialPlan
  /** Of the token endpoint. */
  readonly tls: BackendTls | null
  readonly at: Location
}

export type BackendTls = {
  readonly authorities: readonly Authority[]
  readonly clientCertificate: { readonly certificate: SettingText; readonly key: SettingText } | null
  readonly serverName: string | null
  /** Where the first of its keys is written. */
  readonly at: Location
}
