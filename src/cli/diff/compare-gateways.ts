/** All that differs between two gateways, and what it means. */
import { clusterDifferences } from './cluster.ts'
import type { Difference } from './difference.ts'
import { sortedDifferences } from './difference.ts'
import { hiddenDifferences, type WholeGateway } from './hidden.ts'
import { movedText } from './leaves.ts'
import { gateway } from './rules/gateway.ts'

/** `now`: see hiddenDifferences. */
export function compareGateways(before: WholeGateway, after: WholeGateway, now: Date): readonly Difference[] {
  const manifests = { before: before.manifest, after: after.manifest }
  const where = { rule: '', of: 'gateway', before: null, after: null, manifests }
  const all = gateway(before.manifest, after.manifest, where)
  const seen = all.filter(({ text }) => text !== movedText)
  return sortedDifferences([
    ...withoutPlaces(all, seen),
    ...hiddenDifferences(before, after, seen, now),
    ...clusterDifferences(before.cluster, after.cluster, where),
  ])
}

/** Places that have moved are one difference: nobody reads a hundred of them. */
function withoutPlaces(all: readonly Difference[], seen: readonly Difference[]): readonly Difference[] {
  const moved = all.length - seen.length
  if (moved === 0) return seen
  const text = moved === 1 ? 'one rule is written in another place' : `${moved} rules are written in other places`
  return [...seen, { class: 'harmless', rule: 'at', of: 'gateway', text, before: null, after: null }]
}
