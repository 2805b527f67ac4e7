/** Where the etcd of a feed is. */
import type { EtcdFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { feedUrl } from '../feeds/feed-client.ts'

/** Throws what an operator can act on. */
export function etcdEndpoints(
  plan: EtcdFeedPlan,
  values: ReadonlyMap<string, string>,
): { readonly endpoints: readonly URL[]; readonly secure: boolean } {
  const endpoints = plan.endpoints.map((endpoint) => feedUrl(endpoint, values))
  const secure = endpoints.every(({ protocol }) => protocol === 'https:')
  if (!secure && endpoints.some(({ protocol }) => protocol === 'https:'))
    throw new Error('the endpoints of a revocation feed must be all https or all http')
  return { endpoints, secure }
}
