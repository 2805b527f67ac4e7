/** What holds for requests to one operation. */
import type { ExtensionStep } from '../extension.ts'
import type { BackendIdentityPlan } from './backend-identity.ts'
import type { ConcurrencyPlan } from './concurrency.ts'
import type { ConditionalLimitPlan } from './conditional-limit.ts'
import type { Method } from './method.ts'
import type { SecurityPlan } from './security.ts'
import type { SubscriptionPlan } from './subscriptions.ts'
import type { UpgradePlan } from './upgrade.ts'

/** Where an operation’s requests go: the upstream URL’s path replaces the API’s base path in front of the rest of the path. */
export type BackendPlan = { readonly upstream: number }

export type PathSegment =
  /** Canonical text, matched byte for byte. */
  | { readonly kind: 'literal'; readonly text: string }
  /** The whole segment is one parameter: one or more characters. */
  | { readonly kind: 'parameter' }
  /** Literals with a parameter (one or more characters) between each two of them; the first and last literal may be empty. */
  | { readonly kind: 'pattern'; readonly literals: readonly string[] }

export type OperationPlan = {
  readonly api: number
  /** operationId, else `METHOD template`; unique in the plan; the label in logs and metrics. */
  readonly id: string
  readonly method: Method
  /** The whole template as the client sees it, base path included. */
  readonly template: string
  readonly path: readonly PathSegment[]
  readonly security: SecurityPlan
  /** `optional`: none will do, but one that is given must be good. */
  readonly certificate: 'unused' | 'optional' | 'required'
  /** `null`: no caller needs a subscription. */
  readonly subscription: SubscriptionPlan | null
  /** The steps that the project's own modules do here. */
  readonly extensions: readonly ExtensionStep[]
  /** Indexes of the holders whose certificates will do; `null`: those of any whom an authority of `everywhere` vouches for. */
  readonly certificateHolders: readonly number[] | null
  /** How a request must come. */
  readonly transport: 'any' | 'https' | 'http'
  /** Indexes of the limits of API and operation, in the order in which they are checked. */
  readonly limits: readonly number[]
  /** Of tiers that depend on the request: the first group holds whose conditions all do. Empty: the tier is among `limits`, or there is none. */
  readonly conditionalLimits: { readonly api: readonly ConditionalLimitPlan[]; readonly operation: readonly ConditionalLimitPlan[] }
  /** The limits that go by the caller's credential, or by its want of one, hold here. */
  readonly callerLimits: boolean
  /** Indexes of the limits over all callers that protect the backends; `null` for none. */
  readonly hardLimits: { readonly production: number | null; readonly sandbox: number | null }
  /** `null`: as many as there are. */
  readonly concurrency: ConcurrencyPlan | null
  /** Some limit holds, of whatever level: answers carry RateLimit fields. */
  readonly limited: boolean
  readonly production: BackendPlan | null
  readonly sandbox: BackendPlan | null
  /** Bytes; Number.MAX_SAFE_INTEGER where there is no bound, as for streams of messages. */
  readonly maxBody: number
  /** Milliseconds until the backend's answer must begin. */
  readonly answerTimeout: number
  /** Milliseconds for the whole exchange; 0 is no bound. */
  readonly exchangeTimeout: number
  /** Milliseconds that may pass between two pieces of a body, in either direction; 0 is no bound. */
  readonly bodyIdle: number
  /** The same for answers that are streams of events or messages; 0 is no bound. */
  readonly streamIdle: number
  /** `null`: the connection stays with HTTP. */
  readonly upgrade: UpgradePlan | null
  /** `null`: an operation of an API. Else one of the key manager's own: the backend's URL is the whole of the endpoint's. */
  readonly keyManager: { readonly endpoint: KeyManagerEndpoint; readonly issuer: number } | null
  /** Index into `cors`; `null`: the gateway leaves CORS to the backend. */
  readonly cors: number | null
  readonly identity: BackendIdentityPlan
  /** Index into `revocation.staleRules`; `null` where nobody comes with what could be revoked. */
  readonly onStale: number | null
}

/** RFC 6749 §3, RFC 7009, OpenID Connect Core §5.3. */
export type KeyManagerEndpoint = 'token' | 'revoke' | 'authorize' | 'userinfo'
