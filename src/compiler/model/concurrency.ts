/** `concurrency` of `x-postern`: how many requests of an API may be in flight at the same time. */
import type { ConcurrencyPlan } from '../../contract/plan/concurrency.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'

const bounds = ['api', 'consumer', 'production', 'sandbox'] as const
const most = 1_000_000
/** Milliseconds. */
const longestWait = 30_000

export function readConcurrency(node: SourceNode, access: NodeAccess): ConcurrencyPlan | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, [...bounds, 'wait'])
  if (bounds.every((key) => entry(object, key) === null))
    return access.refuse(object, '`concurrency` bounds nothing', 'Say at least one of `api`, `consumer`, `production` and `sandbox`.')
  const bound = (key: (typeof bounds)[number]): number => access.optional(object, key, (value) => access.integer(value, 1, most)) ?? 0
  return {
    api: bound('api'),
    consumer: bound('consumer'),
    production: bound('production'),
    sandbox: bound('sandbox'),
    wait: access.optional(object, 'wait', (value) => durationAt(value, 1, longestWait, access)) ?? 0,
  }
}
