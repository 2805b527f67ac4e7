/** The policies.yaml of WSO2 API Microgateway 3.x: lists of mappings with one key, the policy's name. */
import type { WindowPlan } from '../../contract/plan/limit.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { longestWindow, mostRequests } from './tier-bounds.ts'
import { stopsOnQuotaReach } from './tier-limit.ts'
import type { Tier } from './types/tier.ts'

/** `resourcePolicies` are for APIs and operations, the others for callers. */
export type Wso2PolicyKey = 'resourcePolicies' | 'applicationPolicies' | 'subscriptionPolicies'

export const wso2PolicyKeys: readonly Wso2PolicyKey[] = ['resourcePolicies', 'applicationPolicies', 'subscriptionPolicies']

const day = 86_400_000
/** Milliseconds. */
const timeUnits: ReadonlyMap<string, number> = new Map([
  ['min', 60_000],
  ['hour', 3_600_000],
  ['day', day],
  ['week', 7 * day],
  ['month', 30 * day],
  ['year', 365 * day],
])

export function readWso2Policies(root: ObjectNode, key: Wso2PolicyKey, access: NodeAccess): readonly Tier[] {
  const policies = entry(root, key)
  if (policies === null || isEmpty(policies)) return []
  return (
    access
      .array(policies)
      ?.items.map((item) => readPolicy(item, access))
      .filter((tier) => tier !== null) ?? []
  )
}

function isEmpty(node: SourceNode): boolean {
  return (node.kind === 'scalar' && node.value === null) || (node.kind === 'array' && node.items.length === 0)
}

function readPolicy(node: SourceNode, access: NodeAccess): Tier | null {
  const object = access.object(node)
  if (object === null) return null
  const [member, ...others] = object.entries
  if (member === undefined || others.length > 0) return access.refuse(object, 'a policy is a mapping with one key, its name')
  const [name, { keyAt, value }] = member
  const window = readWindow(value, access)
  const stops = value.kind !== 'object' || stopsOnQuotaReach(value, access)
  return { name, at: keyAt, windows: window === null ? [] : [window], whenUsedUp: stops ? 'refuse' : 'mark' }
}

function readWindow(node: SourceNode, access: NodeAccess): WindowPlan | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, ['count', 'unitTime', 'timeUnit', 'stopOnQuotaReach'])
  const amount = access.required(object, 'count', (value) => access.integer(value, 1, mostRequests))
  const count = access.required(object, 'unitTime', (value) => access.integer(value, 1, mostRequests))
  const unit = access.required(object, 'timeUnit', (value) => access.oneOf(value, [...timeUnits.keys()]))
  if (amount === null || count === null || unit === null) return null
  const window = count * (timeUnits.get(unit) ?? 0)
  if (window > longestWindow) return access.refuse(object, 'the window is longer than a year')
  return { algorithm: 'fixed', unit: 'requests', amount, window }
}
