/**
 * The model: any dialect of definition and policy, normalised. Types only. Nothing after this stage sees a raw document, and
 * everything that a person wrote keeps the place where it is written.
 */
import type { Location } from '../source/location.ts'
import type { Api } from './types/api.ts'
import type { ApiKey, ApiKeyIssuer } from './types/api-key.ts'
import type { BackendToken, ConsumerFields } from './types/backend-identity.ts'
import type { HttpLimits, Timeouts } from './types/bounds.ts'
import type { ClientCertificates } from './types/client-certificates.ts'
import type { DenyEntry } from './types/condition.ts'
import type { Extensions } from './types/extensions.ts'
import type { Issuer } from './types/issuer.ts'
import type { Kubernetes } from './types/kubernetes.ts'
import type { Decided } from './types/placed.ts'
import type { Revocation } from './types/revocation.ts'
import type { Setting } from './types/setting.ts'
import type { Subscriptions } from './types/subscriptions.ts'
import type { CustomLimit, Throttling } from './types/throttling.ts'
import type { Tier, TierGroup } from './types/tier.ts'
import type { User } from './types/user.ts'
import type { Waiver } from './types/waiver.ts'

export type Project = {
  readonly name: string
  readonly version: string
  readonly at: Location
  readonly apis: readonly Api[]
  readonly issuers: readonly Issuer[]
  /** `null`: the project names no such file. */
  readonly apiKeys: readonly ApiKey[] | null
  /** Of the same file. */
  readonly apiKeyIssuers: readonly ApiKeyIssuer[]
  readonly users: readonly User[] | null
  /** `null`: the project names no such file. */
  readonly subscriptions: Subscriptions | null
  /** `null`: the gateway does every step itself. */
  readonly extensions: Extensions | null
  /** What backends are told of callers; `null`: nothing. */
  readonly backendToken: BackendToken | null
  readonly consumerFields: ConsumerFields | null
  /** By name; `Unlimited` is not among them: it is always known. */
  readonly tiers: ReadonlyMap<string, Tier>
  /** Groups of those tiers that have some; what holds otherwise are the tier's own windows, and no limit where it has none. */
  readonly tierGroups: ReadonlyMap<string, readonly TierGroup[]>
  /** Tiers for these levels alone, which come before those of `tiers` there: WSO2's lists of policies. */
  readonly applicationTiers: ReadonlyMap<string, Tier>
  readonly subscriptionTiers: ReadonlyMap<string, Tier>
  readonly throttling: Throttling
  readonly deny: readonly DenyEntry[]
  readonly customLimits: readonly CustomLimit[]
  readonly settings: ReadonlyMap<string, Setting>
  readonly listen: Listen
  readonly trustedProxies: readonly string[]
  readonly publicOrigins: readonly string[]
  readonly clientCertificates: ClientCertificates | null
  readonly revocation: Revocation | null
  readonly errors: 'problem' | 'wso2'
  readonly waivers: readonly Waiver[]
  readonly limits: HttpLimits
  readonly timeouts: Timeouts
  /** `null`: the project says nothing of a cluster. */
  readonly kubernetes: Kubernetes | null
}

/** Ports. `https.at` is `null` where the project does not name one. */
export type Listen = { readonly http: number; readonly https: Decided<number>; readonly admin: number }
