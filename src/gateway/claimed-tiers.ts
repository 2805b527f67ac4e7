/**
 * Which tiers a token or signed API key names, in WSO2's claims: `application.tier` and `subscribedAPIs[].subscriptionTier`. What is there and
 * is no text is a name that no tier has: an issuer that says something else than it should does not mean no limit.
 */
import type { ApiPlan } from '../contract/plan.ts'
import { firstOf, identifierText } from './claim-reader.ts'
import type { Claims } from './claims.ts'
import { isJsonObject, ownMember } from './json-object.ts'

export function claimedApplicationTier(claims: Claims): string | undefined {
  const application = firstOf(ownMember(claims, 'application'))
  return isJsonObject(application) ? tierName(ownMember(application, 'tier')) : undefined
}

/** Of the list of subscriptions, the one to this API. */
export function claimedSubscriptionTier(claims: Claims, { name, version }: ApiPlan): string | undefined {
  const subscriptions = ownMember(claims, 'subscribedAPIs')
  if (!Array.isArray(subscriptions)) return undefined
  for (const each of subscriptions as readonly unknown[]) {
    if (!isJsonObject(each) || ownMember(each, 'name') !== name) continue
    const own = ownMember(each, 'version')
    if (own === version || own === '*') return tierName(ownMember(each, 'subscriptionTier'))
  }
  return undefined
}

function tierName(claim: unknown): string | undefined {
  return claim === undefined || claim === null ? undefined : (identifierText(claim) ?? '')
}
