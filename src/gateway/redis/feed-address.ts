/** Where the Redis of a feed is, and as whom the gateway comes there. */
import type { RedisFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { feedLogin } from '../feeds/feed-client.ts'
import { settle } from '../settings.ts'
import { parseRedisUrl, type RedisAddress } from './redis-address.ts'

/** Throws what an operator can act on. Nothing of the address is repeated: it may hold a password. */
export function feedAddress(plan: RedisFeedPlan, values: ReadonlyMap<string, string>): RedisAddress {
  const address = parseRedisUrl(settle(plan.url, values))
  if (address === null) throw new Error('the address of a revocation feed is no Redis URL like rediss://host:port')
  if (!address.confidential) throw new Error('the Redis of a revocation feed must be reached by rediss, or on this machine')
  if (!address.secure && plan.authorities.length > 0)
    throw new Error('the Redis of a revocation feed must be reached by rediss: authorities are given for it')
  const login = feedLogin(plan, values)
  if (login === null) return address
  if (address.user !== null || address.password !== null)
    throw new Error('the Redis of a revocation feed has a login in its address and another one beside it')
  return { ...address, user: login.username, password: login.password }
}
