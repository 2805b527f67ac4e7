/** `throttling` of postern.yaml: where requests are counted, and what holds for callers of whom nothing says a tier. */
import { entry } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, throttlingKeys } from './project-keys.ts'
import type { ServiceSurroundings } from './service.ts'
import { readThrottlingStore, refuseStoreKeys } from './throttling-store.ts'
import { readTrafficManager } from './traffic-manager.ts'
import type { Placed } from './types/placed.ts'
import type { Throttling } from './types/throttling.ts'

const mostReplicas = 10_000

/** @param node `null` where the project says nothing of it. */
export function readThrottling(node: SourceNode | null, around: Omit<ServiceSurroundings, 'usedFor'>): Throttling {
  const { access } = around
  const object = node === null ? null : access.object(node)
  if (object === null)
    return { application: null, subscription: null, unauthenticated: null, replicas: 1, store: null, trafficManager: null }
  checkProjectKeys(object, throttlingKeys, access)
  const named = access.optional(object, 'store', (value) => access.oneOf(value, ['local', 'redis', 'trafficManager']))
  const store = named === 'redis' ? readThrottlingStore(object, { ...around, usedFor: 'throttling' }) : null
  const isLocal = named === 'local' || entry(object, 'store') === null
  const written = entry(object, 'trafficManager')
  const trafficManager = named === 'trafficManager' ? readTrafficManager(written, object, around) : null
  if (isLocal || named === 'trafficManager') refuseStoreKeys(object, isLocal, access)
  if (written !== null && (isLocal || named === 'redis'))
    access.refuse(written, '`trafficManager` has no effect without `store: trafficManager`', 'Leave it out.')
  const replicas = access.optional(object, 'replicas', (value) => access.integer(value, 1, mostReplicas)) ?? 1
  const tier = (key: 'application' | 'subscription' | 'unauthenticated'): Placed<string> | null =>
    access.optional(object, key, (value) => placedText(value, access))
  return {
    application: tier('application'),
    subscription: tier('subscription'),
    unauthenticated: tier('unauthenticated'),
    replicas,
    store,
    trafficManager,
  }
}
