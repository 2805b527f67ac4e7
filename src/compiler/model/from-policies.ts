/** policies.yaml: tiers in Postern's own form and in WSO2's. */
import type { WhenUsedUp, WindowPlan } from '../../contract/plan/limit.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readCustomLimits } from './custom-limits.ts'
import { readDenyList } from './deny-list.ts'
import type { Project } from './model.ts'
import { mostWindows, unlimitedTier } from './tier-bounds.ts'
import { hasGroups, readGroupedTier } from './tier-groups.ts'
import { readLimit, stopsOnQuotaReach } from './tier-limit.ts'
import { isTierName } from './tier-name.ts'
import type { Placed } from './types/placed.ts'
import type { Tier, TierGroup } from './types/tier.ts'
import { readWso2Policies, type Wso2PolicyKey, wso2PolicyKeys } from './wso2-policies.ts'

export type Policies = Pick<Project, 'tiers' | 'applicationTiers' | 'subscriptionTiers' | 'deny' | 'customLimits' | 'tierGroups'>

/** Reads every tier. One with mistakes stays, without windows, so that who names it is not blamed. `null` for an unreadable file. */
export function readPolicies(file: Placed<string>, sources: Sources, diagnostics: Diagnostics): Policies | null {
  const document = sources.document(file.value, file.at)
  if (document === null) return null
  const access = new NodeAccess(diagnostics, 'invalid-policy')
  const root = access.object(document)
  if (root === null) return null
  access.checkKeys(root, ['tiers', 'deny', 'custom', ...wso2PolicyKeys])
  const tiers = new Map<string, Tier>()
  const own = access.optional(root, 'tiers', (node) => access.object(node))
  const tierGroups = new Map<string, readonly TierGroup[]>()
  for (const [name, { keyAt, value }] of own?.entries ?? []) {
    const grouped = hasGroups(value) ? readGroupedTier(value, (node) => readHardTier(node, access), access) : null
    if (grouped !== null) tierGroups.set(name, grouped.groups)
    const whenUsedUp = grouped === null ? readWhenUsedUp(value, access) : 'refuse'
    addTier(tiers, { name, at: keyAt, windows: grouped?.otherwise ?? readTier(value, access), whenUsedUp }, access)
  }
  for (const tier of readWso2Policies(root, 'resourcePolicies', access)) addTier(tiers, tier, access)
  // WSO2's lists have names of their own: an application's tier may be called like an API's.
  const listed = (key: Wso2PolicyKey): ReadonlyMap<string, Tier> => {
    const found = new Map<string, Tier>()
    for (const tier of readWso2Policies(root, key, access)) addTier(found, tier, access)
    return found
  }
  const deny = access.optional(root, 'deny', (node) => readDenyList(node, access)) ?? []
  const customLimits =
    access.optional(root, 'custom', (node) => readCustomLimits(node, (value) => readHardTier(value, access), access)) ?? []
  return {
    tiers,
    tierGroups,
    deny,
    customLimits,
    applicationTiers: listed('applicationPolicies'),
    subscriptionTiers: listed('subscriptionPolicies'),
  }
}

function addTier(tiers: Map<string, Tier>, tier: Tier, access: NodeAccess): void {
  const { name, at } = tier
  const known = tiers.get(name)
  if (!isTierName(name)) {
    const hint = 'Use up to 64 letters, digits, `.`, `_`, `-` and blanks, with a letter or digit at both ends.'
    access.diagnostics.report('invalid-policy', at, 'the name of a tier must be plain text', hint)
  } else if (name === unlimitedTier) {
    access.diagnostics.report('invalid-policy', at, `\`${unlimitedTier}\` is always known and cannot be defined`, 'Remove it.')
  } else if (known !== undefined) {
    access.diagnostics.report('duplicate-tier', at, `the tier \`${name}\` is already defined at line ${known.at.line}`)
  } else {
    tiers.set(name, tier)
  }
}

/** One limit or a list of them. */
function readTier(node: SourceNode, access: NodeAccess): readonly WindowPlan[] {
  const nodes = node.kind === 'array' ? node.items : [node]
  if (nodes.length === 0) access.refuse(node, 'a tier needs at least one limit')
  if (nodes.length > mostWindows) access.refuse(node, `a tier may have up to ${mostWindows} limits`)
  const limits = nodes.map((item) => readLimit(item, access)).filter((limit) => limit !== null)
  if (new Set(limits.map(({ unit }) => unit)).size > 1) {
    access.refuse(node, 'a tier limits either requests or bandwidth', 'Make two tiers of it.')
  }
  return limits
}

/** A limit that is no tier: it stops what is beyond it. */
export function readHardTier(node: SourceNode, access: NodeAccess): readonly WindowPlan[] {
  if (readWhenUsedUp(node, access) === 'mark') access.refuse(node, '`stopOnQuotaReach: false` is for tiers')
  return readTier(node, access)
}

/** What all limits of a tier say together. */
function readWhenUsedUp(node: SourceNode, access: NodeAccess): WhenUsedUp {
  const limits = node.kind === 'array' ? node.items : [node]
  const stops = limits.map((limit) => limit.kind !== 'object' || stopsOnQuotaReach(limit, access))
  if (stops.some((stop) => stop !== stops[0])) {
    access.refuse(node, 'some limits of the tier stop when they are used up, and others do not', 'Make two tiers of it.')
  }
  return stops[0] === false ? 'mark' : 'refuse'
}
