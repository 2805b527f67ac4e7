/** What an extension sees of a caller. Claims are shared by all requests with the credential, so nothing of them may be changed. */
import type { Caller, JsonObject } from '../../contract/extension.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Exchange } from '../exchange.ts'

/** `null`: nobody, a caller who showed no credential. */
export function callerView({ token, apiKey, user, certificate, consumer, subscription }: Exchange, plan: GatewayPlan): Caller | null {
  if (token === null && apiKey === null && user === null && certificate === null) return null
  const claims = token?.claims ?? apiKey?.claims ?? user?.claims ?? {}
  return Object.freeze({
    consumer: consumer.key,
    issuer: token === null ? null : plan.issuers[token.issuer]!.issuer,
    // Parsed from JSON, or made of texts.
    claims: frozen(claims) as JsonObject,
    subscription: subscription === null ? null : frozen(subscription),
  })
}

/** With all that is in it; what is frozen already has been done before. */
export function frozen<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member)
  return Object.freeze(value)
}
