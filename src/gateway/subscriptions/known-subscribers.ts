/** Who is subscribed to what, as the project says: found by what callers show. */
import type { ApplicationPlan, ConsumerKeyPlan } from '../../contract/plan/subscriptions.ts'
import type { Application } from '../subscription.ts'
import { PageDomains } from './page-domains.ts'
import type { Subscriber } from './subscriber.ts'

/** By ConsumerKeyPlan.holder. */
export function knownSubscribers(applications: readonly ApplicationPlan[]): ReadonlyMap<string, Subscriber> {
  return new Map(applications.flatMap((plan) => plan.keys.map((key) => [key.holder, subscriber(plan, key)] as const)))
}

function subscriber({ id, uuid, name, owner, tier, subscriptions }: ApplicationPlan, { keyType, domains }: ConsumerKeyPlan): Subscriber {
  const application: Application = { id, uuid, name, owner, tier }
  return {
    keyType,
    domains: domains.length === 0 ? null : new PageDomains(domains),
    terms: new Map(
      subscriptions.map((each) => [each.api, { state: each.state, subscription: { application, tier: each.tier, keyType } }] as const),
    ),
  }
}
