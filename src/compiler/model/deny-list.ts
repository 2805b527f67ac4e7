/** `deny` of policies.yaml: which requests are refused whatever credential comes with them. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readConditions } from './conditions.ts'
import type { DenyEntry } from './types/condition.ts'

const most = 10_000

export function readDenyList(node: SourceNode, access: NodeAccess): readonly DenyEntry[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length > most) return access.refuse(list, `\`deny\` has over ${most} entries`)
  return list.items.flatMap((item) => {
    const object = access.object(item)
    const conditions = object === null ? null : readConditions(object, [], access)
    return conditions === null ? [] : [{ conditions, at: item.at }]
  })
}
