import type { BackendCredentialPlan } from './backend-credential.ts'
import type { SettingText } from './setting.ts'
import type { BackendTlsPlan } from './tls.ts'

/** A backend address: scheme, host and port, perhaps known only at start. Its path prefix is part of the same URL. */
export type UpstreamPlan = {
  /** An http or https URL, without query, fragment or user. */
  readonly url: SettingText
  /** What is spoken with it: `2` over http with prior knowledge, over https where ALPN agrees, and never anything else. */
  readonly http: '1.1' | '2'
  /** `null` where nothing is said; the backend's certificate is verified all the same. Else the URL must turn out to be https. */
  readonly tls: BackendTlsPlan | null
  /** `null`: the gateway says nothing of itself, but perhaps by a certificate. */
  readonly credential: BackendCredentialPlan | null
}
