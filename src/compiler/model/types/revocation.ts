import type { RevokedPlan, StaleRulePlan } from '../../../contract/plan/revocation.ts'
import type { RevocationFeedPlan } from '../../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../../contract/plan/setting.ts'
import type { Location } from '../../source/location.ts'
import type { Authority } from './authority.ts'
import type { Placed } from './placed.ts'

/** Where the gateway learns what is revoked. */
export type Revocation = {
  readonly at: Location
  /** What is revoked already; `null` where the project names no such file. */
  readonly snapshot: Placed<readonly Placed<RevokedPlan>[]> | null
  /** See RevocationPlan. */
  readonly persist: SettingText | null
  readonly feeds: readonly RevocationFeed[]
  readonly denies: boolean
  readonly onStale: StaleRulePlan
}

/** A source that is asked while the gateway runs. `saysPublish`: the project says whether it is published to. */
export type RevocationFeed = Placed<RevocationFeedPlan> & { readonly authorities: readonly Authority[]; readonly saysPublish: boolean }

/** `null` where it is not said. `after`: milliseconds. */
export type WrittenOnStale = { readonly after: number | null; readonly action: StaleRulePlan['action'] | null }
