import type { RevocationFeedPlan } from '../plan/revocation-feed.ts'
import type { ManifestAuthority } from './authority.ts'
import type { SourceReference } from './source-reference.ts'

/**
 * A source of revocations; addresses as written, with settings by name. `followed`: what is followed there: the prefix of keys, a stream, a topic
 * with its exchange; `null` where that is all. `publishes`: the gateway tells it what is revoked through the gateway.
 */
export type ManifestFeed = {
  readonly type: RevocationFeedPlan['kind']
  readonly addresses: readonly string[]
  readonly followed: string | null
  readonly publishes: boolean
  /** As what the gateway makes itself known there, as written. */
  readonly login: { readonly username: string; readonly password: string } | null
  /** Empty where those that Node trusts are trusted. */
  readonly authorities: readonly ManifestAuthority[]
  /** From one question to the next; `null` where nothing is asked again and again. */
  readonly everyMilliseconds: number | null
  /** For how long entries are kept that say no end of their own; `null` for as long as the source has them. */
  readonly keepMilliseconds: number | null
  readonly at: SourceReference
}
