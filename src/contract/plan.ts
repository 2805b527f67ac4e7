/**
 * The plan: the compiler's frozen output and the gateway's only input. JSON-only types; every default, reference and precedence
 * is settled here, so that the gateway never asks "what if this is missing?". Indexes point into the plan's own arrays.
 */
import type { ApiKeyIssuerPlan, ApiKeyPlan } from './plan/api-key.ts'
import type { BackendTokenPlan, ConsumerFieldPlan } from './plan/backend-identity.ts'
import type { HttpLimitsPlan, TimeoutsPlan } from './plan/bounds.ts'
import type { ClientCertificatesPlan } from './plan/client-certificates.ts'
import type { ConditionPlan } from './plan/condition.ts'
import type { CorsPlan } from './plan/cors.ts'
import type { ExtensionsPlan } from './plan/extensions.ts'
import type { IssuerPlan } from './plan/issuer.ts'
import type { OperationPlan } from './plan/operation.ts'
import type { RevocationPlan } from './plan/revocation.ts'
import type { SettingPlan } from './plan/setting.ts'
import type { ApplicationPlan } from './plan/subscriptions.ts'
import type { ThrottlingPlan } from './plan/throttling.ts'
import type { UpstreamPlan } from './plan/upstream.ts'
import type { UserPlan } from './plan/user.ts'

export type ApiPlan = {
  readonly name: string
  readonly version: string
  /** Canonical, without trailing slash; empty for the root. */
  readonly basePath: string
}

/** Ports, where no setting says otherwise. */
export type ListenPlan = {
  readonly http: number
  /** Used when the settings name certificates. */
  readonly https: number
  /** Why the gateway does not start without certificates: what says so, by file, for people. Empty where it does start. */
  readonly httpsRequiredBy: readonly string[]
  readonly admin: number
}

export type GatewayPlan = {
  readonly format: 1
  readonly name: string
  readonly version: string
  readonly errors: 'problem' | 'wso2'
  readonly listen: ListenPlan
  readonly limits: HttpLimitsPlan
  readonly timeouts: TimeoutsPlan
  /** CIDR ranges or single addresses. */
  readonly trustedProxies: readonly string[]
  /** Under which origins clients reach the gateway, as browsers write them. Empty: not said, and `Host` is believed. */
  readonly publicOrigins: readonly string[]
  /** `null`: no operation asks for one. */
  readonly clientCertificates: ClientCertificatesPlan | null
  readonly settings: readonly SettingPlan[]
  readonly upstreams: readonly UpstreamPlan[]
  readonly issuers: readonly IssuerPlan[]
  /** Empty where no operation asks for one; so are `apiKeyIssuers` and `users`. */
  readonly apiKeys: readonly ApiKeyPlan[]
  readonly apiKeyIssuers: readonly ApiKeyIssuerPlan[]
  readonly users: readonly UserPlan[]
  /** `null` and empty where no operation's backend gets any. */
  readonly backendToken: BackendTokenPlan | null
  readonly consumerFields: readonly ConsumerFieldPlan[]
  /** Something reads what verified tokens claim, so that their claims are kept as long as they are. */
  readonly keepClaims: boolean
  /** Empty where no operation asks for a subscription, and where only tokens say who is subscribed. */
  readonly applications: readonly ApplicationPlan[]
  /** `null`: the gateway does every step itself. */
  readonly extensions: ExtensionsPlan | null
  /** `null`: what was issued holds until it expires. */
  readonly revocation: RevocationPlan | null
  /** Every scope that some operation requires. */
  readonly scopes: readonly string[]
  readonly throttling: ThrottlingPlan
  /** A request is refused where all conditions of one of them hold. */
  readonly deny: readonly (readonly ConditionPlan[])[]
  readonly cors: readonly CorsPlan[]
  readonly apis: readonly ApiPlan[]
  readonly operations: readonly OperationPlan[]
}
