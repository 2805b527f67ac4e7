/** Where the gateway learns what is revoked, and what holds while nobody knows: feeds are left out of the plan that runs. */
import type { Json } from '../../compiler/plan/canonical.ts'
import { followedIn } from '../../compiler/plan/manifest-revocation.ts'
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { certifiedAuthorities, plannedAuthorities } from './certified-services.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

export function certifiedRevocation(manifest: Manifest, plan: GatewayPlan): readonly Outcome[] {
  const [certified, planned] = [manifest.revocation, plan.revocation]
  return [
    same(
      'what is revoked, and the feeds that say so',
      certified === null
        ? null
        : [
            [certified.snapshot, certified.persist, certified.capacity, certified.denies],
            certified.feeds.map(({ type, addresses, followed, publishes, login, authorities, everyMilliseconds, keepMilliseconds }) => [
              [type, addresses, followed, publishes],
              [login, certifiedAuthorities(authorities), everyMilliseconds, keepMilliseconds],
            ]),
          ],
      planned === null
        ? null
        : [
            [planned.snapshot.length, planned.persist === null ? null : writtenSettings(planned.persist), planned.capacity, planned.denies],
            planned.feeds.map(plannedFeed),
          ],
    ),
    same(
      'what holds while a feed is stale',
      manifest.operations.map(({ onStale }) => (onStale === null ? null : [onStale.afterMilliseconds, onStale.action])),
      plan.operations.map(({ onStale }) => {
        // Knowledge that comes from no feed is never out of date.
        if (onStale === null || planned === null || planned.feeds.length === 0) return null
        const rule = planned.staleRules[onStale]
        return rule === undefined ? null : [rule.after, rule.action]
      }),
    ),
  ]
}

function plannedFeed(feed: RevocationFeedPlan): Json {
  const { kind, login, authorities } = feed
  const addresses = (kind === 'etcd' ? feed.endpoints : [feed.url]).map(writtenSettings)
  return [
    [kind, addresses, followedIn(feed), 'publish' in feed && feed.publish],
    [
      login === null ? null : { username: writtenSettings(login.username), password: writtenSettings(login.password) },
      plannedAuthorities(authorities),
      'every' in feed ? feed.every : null,
      'keep' in feed ? feed.keep : null,
    ],
  ]
}
