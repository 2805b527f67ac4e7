/** Tokens about which the key manager is asked. */
import type { ClientAuthenticationPlan } from './client-authentication.ts'
import type { ServicePlan } from './service.ts'
import type { SettingText } from './setting.ts'

/** How the key manager is asked about tokens that say nothing themselves (RFC 7662). */
export type IntrospectionPlan = {
  readonly service: ServicePlan
  readonly credentials: ClientAuthenticationPlan
  /** Milliseconds. */
  readonly timeout: number
  /** Questions that are open at the same time, in all threads together. */
  readonly lookups: number
  readonly cache: IntrospectionCachePlan
}

export type IntrospectionCachePlan = {
  /** Milliseconds for which a good answer counts, if the token does not expire before; and one about a token that is not good. */
  readonly keep: number
  readonly keepInvalid: number
  /** Where gateways leave answers for each other; `null`: each thread remembers for itself alone. */
  readonly shared: SharedCachePlan | null
}

/** A Redis, and what makes that nobody else can read or write there what counts. */
export type SharedCachePlan = {
  /** `rediss://host:port`, with user and password where it asks for them. */
  readonly url: SettingText
  /** `redis:` is allowed also to another machine. */
  readonly plainTcp: boolean
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  readonly secret: SettingText
  /** Milliseconds for one command. */
  readonly timeout: number
}
