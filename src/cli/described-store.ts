/** Where a gateway counts, in words. */
import type { ManifestThrottling } from '../contract/manifest/throttling.ts'
import type { ManifestTrafficManager } from '../contract/manifest/traffic-manager.ts'

export function describeStore(store: ManifestThrottling['store']): string {
  if (store === 'local') return 'local: each gateway counts for itself: limit × replicas'
  if (store.kind === 'trafficManager') return describeManager(store)
  const { urls, topology, mode, whenAway, replicas } = store
  const how = mode === 'leased' ? 'each gateway thread holds a small part of what is left' : 'each request asks'
  const alone = replicas === 1 ? 'each gateway counts alone, as `local`' : `each gateway counts alone, by 1/${replicas} of each limit`
  const away = { local: alone, deny: 'requests with a limit are refused with 503', allow: 'limits do not hold' }[whenAway]
  return `redis (${topology}, ${mode}) at ${urls.join(', ')}: all gateways count together; ${how}; while Redis is away ${away}`
}

function describeManager({ events, decisions, tenant, whenAway, replicas }: ManifestTrafficManager): string {
  const alone = replicas === 1 ? 'each gateway counts alone, as `local`' : `each gateway counts alone, by 1/${replicas} of each limit`
  const away = { local: alone, deny: 'requests are refused with 503', allow: 'its limits do not hold' }[whenAway]
  return `a Traffic Manager (tenant ${tenant}), told at ${events.url}, heard at ${decisions.url} ${decisions.exchange} ${decisions.topic}: it counts afterwards by its own policies of the same names; hard limits, custom limits, bandwidth and groups are counted by each gateway; while it is away ${away}`
}
