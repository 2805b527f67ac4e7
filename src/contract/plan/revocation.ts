/** What is revoked, and what holds when nobody knows. */
import type { RevocationFeedPlan } from './revocation-feed.ts'
import type { SettingText } from './setting.ts'

/** Where the gateway learns what is revoked. */
export type RevocationPlan = {
  /** Known from the start. */
  readonly snapshot: readonly RevokedPlan[]
  /** Path of the folder where what feeds say outlasts the process; `null`: nowhere, as when its settings are empty. */
  readonly persist: SettingText | null
  /** Entries that there is room for. */
  readonly capacity: number
  readonly feeds: readonly RevocationFeedPlan[]
  /** Whether feeds may deny callers as well. */
  readonly denies: boolean
  /** Those that operations have; each is there once. */
  readonly staleRules: readonly StaleRulePlan[]
}

/** What holds for requests with a credential when a feed has known nothing for certain for `after` milliseconds. */
export type StaleRulePlan = { readonly after: number; readonly action: 'deny' | 'allow' }

/** One thing that is revoked. */
export type RevokedPlan = {
  /**
   * `token`: one token, by its `jti` where an issuer is named, else by `jti`, by the part that is its signature, or, where it is opaque, as
   * a whole. `digest`: by the SHA-256 of its text, in base64url. `key`: all tokens that were signed with the key of this id.
   */
  readonly kind: 'token' | 'digest' | 'client' | 'user' | 'key' | 'api-key' | DeniedKind
  readonly name: string
  /** `null`: whoever issued it. */
  readonly issuer: string | null
  /** Of a client and a user: seconds since the epoch; what was issued earlier is revoked. `null` for the others. */
  readonly before: number | null
  /** Seconds since the epoch at which what it bars has expired by itself; `null` where nobody says. */
  readonly expires: number | null
}

/** Whom a feed denies whatever credential they show: an application, a user, all callers of an API, those of an address or network. */
export type DeniedKind = 'denied-application' | 'denied-user' | 'denied-api' | 'denied-address'
