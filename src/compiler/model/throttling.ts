/** `throttling` of postern.yaml: where requests are counted, and what holds for callers of whom nothing says a tier. */
import { entry } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Placed, Throttling } from './model.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, throttlingKeys } from './project-keys.ts'
import type { ServiceSurroundings } from './service.ts'
import { readThrottlingStore, refuseStoreKeys } from './throttling-store.ts'

const mostReplicas = 10_000

/** @param node `null` where the project says nothing of it. */
export function readThrottling(node: SourceNode | null, around: Omit<ServiceSurroundings, 'usedFor'>): Throttling {
  const { access } = around
  const object = node === null ? null : access.object(node)
  if (object === null) return { application: null, subscription: null, unauthenticated: null, replicas: 1, store: null }
  checkProjectKeys(object, throttlingKeys, access)
  const named = access.optional(object, 'store', (value) => access.oneOf(value, ['local', 'redis']))
  const store = named === 'redis' ? readThrottlingStore(object, { ...around, usedFor: 'throttling' }) : null
  if (named === 'local' || entry(object, 'store') === null) refuseStoreKeys(object, access)
  const replicas = access.optional(object, 'replicas', (value) => access.integer(value, 1, mostReplicas)) ?? 1
  const tier = (key: 'application' | 'subscription' | 'unauthenticated'): Placed<string> | null =>
    access.optional(object, key, (value) => placedText(value, access))
  return { application: tier('application'), subscription: tier('subscription'), unauthenticated: tier('unauthenticated'), replicas, store }
}
