/** What the manifest says of revocations: where they are learnt from, and what holds while too little is known. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { ManifestFeed } from '../../contract/manifest/revocation-feed.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { Operation } from '../model/types/operation.ts'
import type { RevocationFeed } from '../model/types/revocation.ts'
import { manifestAuthorities } from './manifest-certificates.ts'
import { optionalReference, reference } from './source-reference.ts'
import { writtenSettings } from './written-settings.ts'

export function manifestRevocation({ revocation }: Project, plan: GatewayPlan): Manifest['revocation'] {
  if (revocation === null || plan.revocation === null) return null
  const { snapshot, persist, feeds, denies, onStale, at } = revocation
  return {
    snapshot: snapshot?.value.length ?? 0,
    snapshotAt: optionalReference(snapshot?.at ?? null),
    persist: persist === null ? null : writtenSettings(persist),
    capacity: plan.revocation.capacity,
    feeds: feeds.map(manifestFeed),
    denies,
    onStale: { afterMilliseconds: onStale.after, action: onStale.action },
    at: reference(at),
  }
}

function manifestFeed({ value, authorities, at }: RevocationFeed): ManifestFeed {
  const { login } = value
  return {
    type: value.kind,
    addresses: (value.kind === 'etcd' ? value.endpoints : [value.url]).map(writtenSettings),
    followed: followedIn(value),
    publishes: 'publish' in value && value.publish,
    login: login === null ? null : { username: writtenSettings(login.username), password: writtenSettings(login.password) },
    authorities: manifestAuthorities(authorities),
    everyMilliseconds: 'every' in value ? value.every : null,
    keepMilliseconds: 'keep' in value ? value.keep : null,
    at: reference(at),
  }
}

/** What of a source is read: a prefix, a stream, a topic; `null` where it is all of it. */
export function followedIn(feed: RevocationFeedPlan): string | null {
  switch (feed.kind) {
    case 'list':
      return null
    case 'etcd':
      return `${feed.prefix}/`
    case 'redis':
      return feed.stream
    case 'amqp':
      return `${feed.exchange} ${feed.topic}`
    case 'amqp10':
      return writtenSettings(feed.topic)
  }
}

/** Knowledge that comes from no feed is never out of date. */
export function manifestOnStale(
  { onStale }: OperationPlan,
  operation: Operation,
  { revocation }: GatewayPlan,
): ManifestOperation['onStale'] {
  if (onStale === null || revocation === null || revocation.feeds.length === 0) return null
  const { after, action } = revocation.staleRules[onStale]!
  return { afterMilliseconds: after, action, at: optionalReference(operation.onStale?.at ?? null) }
}
