/** Which tiers a project names, and which there are. */
import type { Project } from './model.ts'
import { unlimitedTier } from './tier-bounds.ts'
import type { Placed } from './types/placed.ts'
import type { Tier } from './types/tier.ts'

/** For what a tier is looked up: the lists that WSO2's policies have for callers come before all others there. */
export type TierUse = 'resource' | 'application' | 'subscription'

export type NamedTier = Placed<string> & { readonly use: TierUse }

/** Every place where a tier is named. */
export function* namedTiers(project: Project): Generator<NamedTier> {
  for (const api of project.apis) {
    if (api.throttle !== null) yield { ...api.throttle.tier, use: 'resource' }
    for (const operation of api.operations) {
      if (operation.throttle !== null) yield { ...operation.throttle.tier, use: 'resource' }
    }
  }
  const { application, subscription, unauthenticated } = project.throttling
  if (application !== null) yield { ...application, use: 'application' }
  if (subscription !== null) yield { ...subscription, use: 'subscription' }
  if (unauthenticated !== null) yield { ...unauthenticated, use: 'subscription' }
  for (const { tier } of project.apiKeys ?? []) if (tier !== null) yield { ...tier, use: 'application' }
  for (const { tier, subscriptions } of project.subscriptions?.applications ?? []) {
    if (tier !== null) yield { ...tier, use: 'application' }
    for (const each of subscriptions) if (each.tier !== null) yield { ...each.tier, use: 'subscription' }
  }
}

/** Those that can be named there, without `Unlimited`. */
export function tiersFor(use: TierUse, { tiers, applicationTiers, subscriptionTiers }: Project): ReadonlyMap<string, Tier> {
  if (use === 'resource') return tiers
  return new Map([...tiers, ...(use === 'application' ? applicationTiers : subscriptionTiers)])
}

/** Whether that level limits callers at all: the project has a list of tiers for it, or names one for somebody. */
export function callerLevelIsOn(use: Exclude<TierUse, 'resource'>, project: Project): boolean {
  const { applicationTiers, subscriptionTiers, throttling } = project
  if ((use === 'application' ? applicationTiers : subscriptionTiers).size > 0) return true
  for (const tier of namedTiers(project)) {
    if (tier.use === use && tier.value !== unlimitedTier && tier.at !== throttling.unauthenticated?.at) return true
  }
  return false
}

/** Whether it is one of those that depend on the request. */
export function isGrouped(tier: Tier, use: TierUse, project: Project): boolean {
  return project.tierGroups.has(tier.name) && tiersFor(use, project).get(tier.name) === project.tiers.get(tier.name)
}
