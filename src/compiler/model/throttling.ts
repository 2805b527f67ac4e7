/** `throttling` of postern.yaml: where requests are counted, and what holds for callers of whom nothing says a tier. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Placed, Throttling } from './model.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, throttlingKeys } from './project-keys.ts'

const mostReplicas = 10_000

/** @param node `null` where the project says nothing of it. */
export function readThrottling(node: SourceNode | null, access: NodeAccess): Throttling {
  const object = node === null ? null : access.object(node)
  if (object === null) return { application: null, subscription: null, unauthenticated: null, replicas: 1 }
  checkProjectKeys(object, throttlingKeys, access)
  const store = entry(object, 'store')
  if (store !== null && access.oneOf(store, ['local', 'redis']) === 'redis')
    access.diagnostics.report('not-supported-yet', store.at, 'the store `redis` is not supported yet', 'Use `local`.')
  const replicas = access.optional(object, 'replicas', (value) => access.integer(value, 1, mostReplicas)) ?? 1
  const tier = (key: 'application' | 'subscription' | 'unauthenticated'): Placed<string> | null =>
    access.optional(object, key, (value) => placedText(value, access))
  return { application: tier('application'), subscription: tier('subscription'), unauthenticated: tier('unauthenticated'), replicas }
}
