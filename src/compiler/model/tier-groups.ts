/** A tier that depends on the request: `groups`, the first of which holds whose conditions do, and what holds `otherwise`. */
import type { WindowPlan } from '../../contract/plan/limit.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { readConditions } from './conditions.ts'
import { unlimitedTier } from './tier-bounds.ts'
import type { TierGroup } from './types/tier.ts'

/** Each may be looked at for each request. */
const most = 16

export type GroupedTier = { readonly groups: readonly TierGroup[]; readonly otherwise: readonly WindowPlan[] }

export function hasGroups(node: SourceNode): node is ObjectNode {
  return node.kind === 'object' && entry(node, 'groups') !== null
}

/** @param readWindows reads what a plain tier may be. */
export function readGroupedTier(
  object: ObjectNode,
  readWindows: (node: SourceNode) => readonly WindowPlan[],
  access: NodeAccess,
): GroupedTier {
  access.checkKeys(object, ['groups', 'otherwise'])
  const limit = (node: SourceNode): readonly WindowPlan[] => {
    if (node.kind === 'scalar' && node.value === unlimitedTier) return []
    const windows = readWindows(node)
    if (windows.some(({ unit }) => unit !== 'requests')) access.refuse(node, 'a tier with groups counts requests')
    return windows
  }
  const list = access.required(object, 'groups', (node) => access.array(node))
  if (list !== null && (list.items.length === 0 || list.items.length > most)) access.refuse(list, `a tier has 1 to ${most} groups`)
  const groups = (list?.items ?? []).flatMap((item) => {
    const group = access.object(item)
    if (group === null) return []
    access.checkKeys(group, ['when', 'limit'])
    const when = access.required(group, 'when', (node) => access.object(node))
    const conditions = when === null ? null : readConditions(when, [], access)
    const windows = access.required(group, 'limit', limit)
    return conditions === null || windows === null ? [] : [{ conditions, windows, at: item.at }]
  })
  return { groups, otherwise: access.required(object, 'otherwise', limit) ?? [] }
}
