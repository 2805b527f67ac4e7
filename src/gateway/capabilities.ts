/**
 * What the generated entry hands to startGateway: the optional parts that this gateway's plan needs, and nothing else. A part that
 * is not handed in is not in the bundle. Types only: the core never imports a capability.
 */
import type { GatewayPlan, OperationPlan } from '../contract/plan.ts'
import type { RefusalKind } from '../contract/refusals.ts'
import type { Clock } from './clock.ts'
import type { Refusal, Step } from './exchange.ts'
import type { Metrics } from './observability/metrics.ts'
import type { Dial } from './upstream/dial.ts'

export type Capabilities = {
  readonly jwt?: JwtCapability
  readonly throttle?: ThrottleCapability
  readonly 'https-backend'?: TlsCapability
  readonly 'wso2-errors'?: Wso2ErrorsCapability
}

/** What a capability may use of the running gateway. */
export type Surroundings = { readonly plan: GatewayPlan; readonly clock: Clock; readonly metrics: Metrics }

/** Imports the baked keys; rejects when one of them cannot be used. */
export type JwtCapability = (surroundings: Surroundings) => Promise<TokenAuthentication>

export type TokenAuthentication = {
  /** Sets exchange.token and exchange.consumer, or refuses. `null` for a public operation. */
  readonly authenticate: (operation: OperationPlan) => Step | null
  /** Refuses a token without the scopes that the operation requires. `null` where none are required. */
  readonly authorise: (operation: OperationPlan) => Step | null
}

export type ThrottleCapability = (surroundings: Surroundings) => Throttling

export type Throttling = {
  /** Counts the request against the operation's limits, or refuses. `null` where it has none. */
  readonly throttle: (operation: OperationPlan) => Step | null
}

/** Loads what opens verified TLS connections to backends. */
export type TlsCapability = () => Promise<Dial>

/** Body and media type of a refusal in WSO2's form; XML where `accept` prefers it. */
export type Wso2ErrorsCapability = (kind: RefusalKind, accept: string) => { readonly contentType: string; readonly body: string }

export type { Refusal, Step }
