/** `hardLimit` of `x-postern`: what the backends of an API are spared, over all callers. */
import type { WindowPlan } from '../../contract/plan.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readTier } from './from-policies.ts'
import type { HardLimits, Placed } from './model.ts'

export const noHardLimits: HardLimits = { production: null, sandbox: null }

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
  const windows = readTier(node, access)
  if (windows.some(({ unit }) => unit !== 'requests'))
    return access.refuse(node, 'a hard limit counts requests', 'Write for example `{ requests: 800, per: 1s }`.')
  return { value: windows, at: node.at }
}
