/** What the gateway shows to backends. */
import type { ClientAuthenticationPlan } from './client-authentication.ts'
import type { ServicePlan } from './service.ts'
import type { SettingText } from './setting.ts'

/** As what the gateway makes itself known to a backend. No secret stands here: they are settings. */
export type BackendCredentialPlan =
  | { readonly kind: 'basic'; readonly user: SettingText; readonly password: SettingText }
  | {
      readonly kind: 'digest'
      readonly user: SettingText
      readonly password: SettingText
      /** Which may be used (RFC 7616 §3.3), each with its `-sess` form; the strongest first. */
      readonly algorithms: readonly DigestAlgorithm[]
    }
  /** `name`: of a field, in lower case, or of a query parameter. `key` is the whole value. */
  | { readonly kind: 'api-key'; readonly in: 'header' | 'query'; readonly name: string; readonly key: SettingText }
  | ClientCredentialsPlan

/** A bearer token of an authorization server (RFC 6749 §4.4). */
export type ClientCredentialsPlan = {
  readonly kind: 'client-credentials'
  /** The token endpoint, and how it is reached. */
  readonly service: ServicePlan
  readonly client: ClientAuthenticationPlan
  readonly scopes: readonly string[]
  /** What some servers ask for beside the scopes; `null` for none. */
  readonly audience: string | null
}

export type DigestAlgorithm = 'SHA-512-256' | 'SHA-256' | 'MD5'
