/** `custom` of policies.yaml: limits with keys and conditions of their own. */
import type { KeySelectorPlan } from '../../contract/plan/conditional-limit.ts'
import type { WindowPlan } from '../../contract/plan/limit.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { isConditionField, readConditions } from './conditions.ts'
import { isTierName } from './tier-name.ts'
import type { CustomLimit } from './types/throttling.ts'

/** Each is looked at for each request. */
const most = 8
const mostSelectors = 8

const plain = ['consumer', 'user', 'application', 'api', 'operation', 'address'] as const

/** @param readWindows reads what a tier may be. */
export function readCustomLimits(
  node: SourceNode,
  readWindows: (node: SourceNode) => readonly WindowPlan[],
  access: NodeAccess,
): readonly CustomLimit[] | null {
  const object = access.object(node)
  if (object === null) return null
  if (object.entries.size > most) return access.refuse(object, `\`custom\` has over ${most} limits`)
  return [...object.entries].flatMap(([name, { keyAt, value }]) => {
    const limit = access.object(value)
    if (limit === null) return []
    access.checkKeys(limit, ['key', 'when', 'limit'])
    if (!isTierName(name)) access.diagnostics.report('invalid-policy', keyAt, 'the name of a limit must be plain text')
    const key = access.required(limit, 'key', (list) => readKey(list, access))
    const when = entry(limit, 'when')
    const asked = when === null ? [] : readWhen(when, access)
    const windows = access.required(limit, 'limit', readWindows)
    if (windows?.some(({ unit }) => unit !== 'requests') === true) access.refuse(value, 'a custom limit counts requests')
    return key === null || asked === null || windows === null || windows.length === 0
      ? []
      : [{ name, at: keyAt, conditions: asked, key, windows }]
  })
}

function readWhen(node: SourceNode, access: NodeAccess): ReturnType<typeof readConditions> {
  const object = access.object(node)
  return object === null ? null : readConditions(object, [], access)
}

/** A list of selectors; empty where all requests count together. */
function readKey(node: SourceNode, access: NodeAccess): readonly KeySelectorPlan[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length > mostSelectors) return access.refuse(list, `a key has up to ${mostSelectors} parts`)
  const parts = list.items.map((item) => readSelector(item, access))
  return parts.every((part) => part !== null) ? parts : null
}

function readSelector(node: SourceNode, access: NodeAccess): KeySelectorPlan | null {
  const text = access.text(node)
  if (text === null) return null
  const kind = plain.find((each) => each === text)
  if (kind !== undefined) return { kind }
  const [, of, name = ''] = /^(header|query|claim):(.{1,256})$/u.exec(text) ?? []
  if (of === 'header' && isConditionField(name)) return { kind: of, name: name.toLowerCase() }
  if (of === 'query' || of === 'claim') return { kind: of, name }
  return access.refuse(
    node,
    'this is no part of a key',
    `Use ${plain.map((each) => `\`${each}\``).join(', ')}, \`header:<name>\`, \`query:<name>\` or \`claim:<name>\`.`,
  )
}
