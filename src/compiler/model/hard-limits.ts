/** `hardLimit` and `capacity` of `x-postern`: what the backends of an API are spared, over all callers, and what they can bear. */
import type { WindowPlan } from '../../contract/plan/limit.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'
import { readHardTier } from './from-policies.ts'
import { longestWindow, mostRequests, shortestWindow } from './tier-bounds.ts'
import type { Placed } from './types/placed.ts'
import type { Capacities, HardLimits } from './types/throttling.ts'

export const noHardLimits: HardLimits = { production: null, sandbox: null }
export const noCapacities: Capacities = { production: null, sandbox: null }

export function readCapacities(node: SourceNode, access: NodeAccess): Capacities | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, ['production', 'sandbox'])
  if (object.entries.size === 0) return access.refuse(object, '`capacity` is of no backend', 'Name `production` or `sandbox`.')
  const capacity = (key: 'production' | 'sandbox'): Capacities[typeof key] => {
    const value = entry(object, key)
    return value === null ? null : readCapacity(value, access)
  }
  return { production: capacity('production'), sandbox: capacity('sandbox') }
}

function readCapacity(node: SourceNode, access: NodeAccess): Capacities['production'] {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, ['requests', 'per'])
  const requests = access.required(object, 'requests', (value) => access.integer(value, 1, mostRequests))
  const per = access.required(object, 'per', (value) => durationAt(value, shortestWindow, longestWindow, access))
  return requests === null || per === null ? null : { value: { requests, per }, at: node.at }
}

export function readHardLimits(node: SourceNode, access: NodeAccess): HardLimits | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, ['production', 'sandbox'])
  if (object.entries.size === 0) return access.refuse(object, '`hardLimit` limits no backend', 'Name `production` or `sandbox`.')
  const limit = (key: 'production' | 'sandbox'): Placed<readonly WindowPlan[]> | null =>
    access.optional(object, key, (value) => readWindows(value, access))
  return { production: limit('production'), sandbox: limit('sandbox') }
}

function readWindows(node: SourceNode, access: NodeAccess): Placed<readonly WindowPlan[]> | null {
  const windows = readHardTier(node, access)
  if (windows.some(({ unit }) => unit !== 'requests'))
    return access.refuse(node, 'a hard limit counts requests', 'Write for example `{ requests: 800, per: 1s }`.')
  return { value: windows, at: node.at }
}
