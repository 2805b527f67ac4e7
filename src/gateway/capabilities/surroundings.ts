/** What capabilities are given when they are opened. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Clock } from '../clock.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { SharedMemory } from '../serving-thread.ts'
import type { CredentialWatch } from './credential-watch.ts'
import type { KeySets } from './fetched-keys.ts'
import type { Revocations } from './revocation.ts'

/** What a capability may use of the running gateway. */
export type Surroundings = {
  readonly plan: GatewayPlan
  readonly clock: Clock
  readonly metrics: Metrics
  readonly shared: SharedMemory
  /** Which thread it is: bounds are divided among all. */
  readonly thread: { readonly index: number; readonly count: number }
  /** Values of the plan's settings. */
  readonly values: ReadonlyMap<string, string>
  /** Takes an event that an operator should know of, and what is the matter, without secrets in it. */
  readonly warn: (event: string, problem: string) => void
  /** Has `action` done when the gateway has answered its last request: connections and timers go. */
  readonly atEnd: (action: () => void) => void
  /** `null` where all keys are baked. */
  readonly keySets: KeySets | null
  /** `null`: what was issued holds until it expires. */
  readonly revocations: Revocations | null
}

/** What there is when something is opened that lasts. `credentialWatch`: `null` where nobody shows a credential. */
export type WatchedSurroundings = Surroundings & { readonly credentialWatch: CredentialWatch | null }

/** What there is before anything else is started. */
export type PlainSurroundings = Omit<Surroundings, 'keySets' | 'revocations'>
