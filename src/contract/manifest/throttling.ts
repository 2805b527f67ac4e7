import type { ManifestLimit, ManifestNamedLimits } from './limit.ts'
import type { ManifestSharedStore } from './shared-store.ts'
import type { ManifestTrafficManager } from './traffic-manager.ts'

/** What the gateway counts, and how much memory that takes. */
export type ManifestThrottling = {
  /** `local`: each gateway counts for itself. */
  readonly store: 'local' | ManifestSharedStore | ManifestTrafficManager
  /** Gateways that run at the same time, as the project says. */
  readonly replicas: number
  /** What counters take of memory at the most. */
  readonly memoryBytes: number
  /** Callers that can come close to sliding limits at the same time and get 99.9 % of them. */
  readonly rings: number
  /** Counters that are kept at the most; a further one takes the place of the one that would end soonest. */
  readonly capacity: number
  /** `null`: these levels limit nobody. */
  readonly subscription: ManifestNamedLimits | null
  readonly application: ManifestNamedLimits | null
  /** For callers without a credential: one, the groups of one, or none. */
  readonly unauthenticated: readonly ManifestLimit[]
  /** Limits with keys of their own, where all conditions hold. */
  readonly custom: readonly { readonly limit: ManifestLimit; readonly key: readonly string[]; readonly conditions: readonly string[] }[]
}
