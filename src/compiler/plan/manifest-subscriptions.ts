/** Subscriptions, as the manifest tells them. */
import type { ManifestApplication } from '../../contract/manifest/application.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import { optionalReference, reference } from './source-reference.ts'

export function manifestApplications(
  { subscriptions }: Project,
  { applications, apis, issuers }: GatewayPlan,
): readonly ManifestApplication[] {
  return applications.map(({ id, uuid, name, owner, tier, keys, subscriptions: own }, index) => ({
    id,
    uuid,
    name,
    owner,
    tier,
    keys: keys.map(({ holder, ...key }) => ({ holder: namedHolder(holder, issuers), ...key })),
    subscriptions: own.map(({ api, tier: named, state }) => ({ api: apis[api]!.name, version: apis[api]!.version, tier: named, state })),
    at: reference(subscriptions!.applications[index]!.at),
  }))
}

/** Clients with the name of their issuer: its place among the issuers means nothing to anybody else. */
function namedHolder(holder: string, issuers: GatewayPlan['issuers']): string {
  return holder.replace(/^client:(\d+):/, (_, index: string) => `client:${issuers[Number(index)]!.issuer}:`)
}

export function manifestSubscription(
  { subscription }: OperationPlan,
  { validateSubscriptions }: Api,
  { issuers }: GatewayPlan,
): ManifestOperation['subscription'] {
  if (subscription === null) return null
  return {
    issuers: subscription.issuers.map((index) => issuers[index]!.issuer),
    apiKeysAndUsers: subscription.grants,
    certificate: subscription.certificate,
    at: optionalReference(validateSubscriptions?.at ?? null),
  }
}
