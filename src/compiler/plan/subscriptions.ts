/** Which callers need a subscription, and who has one. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SecurityPlan } from '../../contract/plan/security.ts'
import type { ApplicationPlan, ConsumerKeyPlan, SubscriptionPlan } from '../../contract/plan/subscriptions.ts'
import type { Project } from '../model/model.ts'
import { isSubscriptionTo } from '../model/subscription-meaning.ts'
import type { Api } from '../model/types/api.ts'
import type { Application, ConsumerKey } from '../model/types/subscriptions.ts'

/** The API's own word comes first, then the issuer's for its tokens; where neither says anything, it is needed if the project names who has one. */
export function planSubscription({ validateSubscriptions: own }: Api, security: SecurityPlan, project: Project): SubscriptionPlan | null {
  if (security.kind === 'public') return null
  const asked = project.subscriptions !== null
  const accepted = issuersOf(security).filter((issuer) => (own ?? project.issuers[issuer]!.validateSubscriptions)?.value ?? asked)
  const alone = own?.value ?? asked
  const grants = alone && security.kind === 'credentials'
  const certificate = alone && certificateSuffices(security)
  return accepted.length === 0 && !grants && !certificate ? null : { issuers: accepted, grants, certificate }
}

function issuersOf(security: SecurityPlan): readonly number[] {
  if (security.kind !== 'token' && security.kind !== 'credentials') return []
  const indexes =
    security.kind === 'token'
      ? security.alternatives.flatMap(({ issuers }) => issuers)
      : security.alternatives.flatMap(({ token }) => token?.issuers ?? [])
  return [...new Set(indexes)].toSorted((a, b) => a - b)
}

function certificateSuffices(security: SecurityPlan): boolean {
  switch (security.kind) {
    case 'public':
      return false
    case 'certificate':
      return true
    case 'token':
      return security.certificateSuffices
    case 'credentials':
      return security.alternatives.some(
        ({ token, apiKey, basic, certificate }) => certificate && token === null && apiKey === null && basic === null,
      )
  }
}

/** Nothing where no operation asks for a subscription, and nothing else for who a caller's application is (`named`). */
export function planApplications(
  project: Project,
  operations: readonly Pick<OperationPlan, 'subscription'>[],
  named: boolean,
): readonly ApplicationPlan[] {
  const { subscriptions } = project
  if (subscriptions === null || (!named && operations.every(({ subscription }) => subscription === null))) return []
  return subscriptions.applications.map((application) => planApplication(application, project))
}

function planApplication({ id, uuid, name, owner, tier, keys, subscriptions }: Application, project: Project): ApplicationPlan {
  return {
    id,
    uuid,
    name,
    owner,
    tier: tier?.value ?? null,
    keys: keys.map((key) => planKey(key, project)),
    subscriptions: project.apis.flatMap((api, index) => {
      const own = subscriptions.find((subscription) => isSubscriptionTo(subscription, api))
      return own === undefined ? [] : [{ api: index, tier: own.tier?.value ?? null, state: own.state }]
    }),
  }
}

function planKey({ kind, name, issuer, keyType, domains }: ConsumerKey, { issuers }: Project): ConsumerKeyPlan {
  if (kind !== 'client') return { holder: `${kind}:${name.value}`, keyType, domains }
  const index = issuer === null ? 0 : issuers.findIndex((each) => each.issuer === issuer.value)
  return { holder: `client:${index}:${name.value}`, keyType, domains }
}
