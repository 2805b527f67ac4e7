/** What fetches the keys of issuers. */
import type { KeyPlan } from '../../contract/plan/keys.ts'
import type { ReadinessConditions } from '../admin/readiness.ts'
import type { Log } from '../observability/log.ts'
import type { PlainSurroundings } from './surroundings.ts'

/** Opens what fetches key sets; nothing is fetched before `sweep`. Rejects with a StartError for an address that cannot be used. */
export type FetchedKeysCapability = (surroundings: KeySetSurroundings) => Promise<KeySets>

export type KeySetSurroundings = PlainSurroundings & {
  readonly log: Log
  readonly readiness: ReadinessConditions
}

/** The keys of issuers that are fetched while the gateway runs. `issuer` is an index in the plan. */
export type KeySets = {
  readonly follow: (issuer: number, take: TakeKeys) => void
  /** A token names a key that is not there: a fetch may be due sooner. */
  unknownKey(issuer: number): void
  /** Begins the fetches that are due. Monotonic milliseconds. */
  sweep(now: number): void
}

/** Takes the keys of an issuer that are to be used from now on, in the place of all before; resolves with how many are withdrawn by that. */
export type TakeKeys = (keys: readonly KeyPlan[]) => Promise<number>
