/** What `deny` and conditional tiers ask of a request: from where, which fields, query and claims, who calls, what. */
import type { Method } from '../../contract/plan/method.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { methods } from './misspelt-keys.ts'
import { placedText } from './placed-text.ts'
import { isAddressRange } from './trusted-proxies.ts'
import type { Condition } from './types/condition.ts'
import type { Placed } from './types/placed.ts'

const conditionKeys = ['address', 'api', 'method', 'header', 'query', 'claim', 'application', 'user', 'consumer'] as const
type ConditionKey = (typeof conditionKeys)[number]

/** Values of one condition, and conditions of one place. */
const most = 1000

/**
 * Reads all of a mapping that are conditions. `null` where one of them cannot be read, which is reported: without it the others would fit
 * more than they are meant to. `further`: keys that the mapping may have besides.
 */
export function readConditions(object: ObjectNode, further: readonly string[], access: NodeAccess): readonly Condition[] | null {
  access.checkKeys(object, [...conditionKeys, 'not', ...further])
  const own = readKeys(object, false, access)
  const not = entry(object, 'not')
  const negated = not === null ? [] : readNegated(not, access)
  if (own === null || negated === null) return null
  const all = [...own, ...negated]
  if (all.length === 0)
    return access.refuse(
      object,
      'nothing is asked of a request here',
      `Say at least one of ${conditionKeys.map((key) => `\`${key}\``).join(', ')}.`,
    )
  return all
}

function readNegated(node: SourceNode, access: NodeAccess): readonly Condition[] | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, conditionKeys)
  return readKeys(object, true, access)
}

function readKeys(object: ObjectNode, negated: boolean, access: NodeAccess): readonly Condition[] | null {
  const found: (Condition | null)[] = []
  for (const key of conditionKeys) {
    const node = entry(object, key)
    if (node !== null) found.push(...readCondition(key, node, negated, access))
  }
  const sound = found.filter((condition) => condition !== null)
  return sound.length === found.length ? sound : null
}

function readCondition(kind: ConditionKey, node: SourceNode, negated: boolean, access: NodeAccess): readonly (Condition | null)[] {
  switch (kind) {
    case 'address': {
      const ranges = values(node, (item) => readRange(item, access), access)
      return [ranges === null ? null : { kind, negated, ranges }]
    }
    case 'method': {
      const named = values(node, (item) => access.oneOf(item, Object.values(methods) as Method[]), access)
      return [named === null ? null : { kind, negated, methods: named }]
    }
    case 'api': {
      const apis = values(node, (item) => placedText(item, access), access)
      return [apis === null ? null : { kind, negated, apis }]
    }
    case 'header':
    case 'query':
    case 'claim':
      return readNamed(kind, node, negated, access)
    default: {
      const names = values(node, (item) => readText(item, access), access)
      return [names === null ? null : { kind, negated, values: names }]
    }
  }
}

/** A mapping of names to values, a list of them, or `any`. */
function readNamed(
  kind: 'header' | 'query' | 'claim',
  node: SourceNode,
  negated: boolean,
  access: NodeAccess,
): readonly (Condition | null)[] {
  const object = access.object(node)
  if (object === null) return [null]
  return [...object.entries].map(([name, { value }]) => {
    if (kind === 'header' && !isConditionField(name)) return access.refuse(value, 'requests cannot be told apart by this field')
    const wanted = value.kind === 'scalar' && value.value === 'any' ? 'any' : values(value, (item) => readText(item, access), access)
    return wanted === null ? null : { kind, negated, name: kind === 'header' ? name.toLowerCase() : name, values: wanted }
  })
}

/** Credentials are for the steps before, and what frames a request is for nobody else. */
export function isConditionField(name: string): boolean {
  return (
    /^[!#$%&'*+.^_`|~0-9a-z-]{1,64}$/i.test(name) &&
    !/^(?:(?:proxy-)?authorization|cookie|host|content-length|transfer-encoding|connection|expect|te|trailer|upgrade)$/i.test(name)
  )
}

function readRange(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || isAddressRange(text)) return text
  return access.refuse(node, 'an address must be an IP address or a CIDR range', 'Write for example `10.1.0.0/16` or `fd00::/8`.')
}

/** A number is taken as it is written, as ids of applications are. */
function readText(node: SourceNode, access: NodeAccess): string | null {
  return node.kind === 'scalar' && (typeof node.value === 'number' || typeof node.value === 'boolean') ? node.text : access.text(node)
}

/** One or a list of them; all of them or `null`. */
function values<T extends string | Placed<string>>(
  node: SourceNode,
  read: (item: SourceNode) => T | null,
  access: NodeAccess,
): readonly T[] | null {
  const items = node.kind === 'array' ? node.items : [node]
  if (items.length === 0 || items.length > most) return access.refuse(node, `\`${node.step}\` must have 1 to ${most} values`)
  const found = items.map(read)
  const sound = found.filter((value) => value !== null)
  return sound.length === found.length ? sound : null
}
