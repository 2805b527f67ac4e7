import type { Location } from '../../source/location.ts'
import type { Operation } from './operation.ts'
import type { Placed } from './placed.ts'
import type { Requirement } from './security.ts'
import type { Capacities, Concurrency, HardLimits, Throttle } from './throttling.ts'

export type Api = {
  /** info.title */
  readonly title: string
  /** info.version */
  readonly version: string
  /** Path of the definition within the project. */
  readonly definition: string
  readonly at: Location
  /** Canonical, without trailing slash; empty for the root. */
  readonly basePath: Placed<string>
  /** API-level tier, counted over all its operations. */
  readonly throttle: Throttle | null
  readonly hardLimits: HardLimits
  readonly capacities: Capacities
  /** `null`: as many as there are. */
  readonly concurrency: Concurrency | null
  /** `security` of the definition's root, also where every operation has its own. */
  readonly rootRequirements: readonly Requirement[]
  /** `mandatory`: besides what an operation asks for. `optional`: a certificate that is given must be good. */
  readonly mutualTls: Placed<'mandatory' | 'optional'> | null
  /** `null`: http and https. */
  readonly transport: Placed<'http' | 'https'> | null
  /** Whether its callers need a subscription, whatever the issuers say; `null` where nothing is said. */
  readonly validateSubscriptions: Placed<boolean> | null
  readonly operations: readonly Operation[]
}
