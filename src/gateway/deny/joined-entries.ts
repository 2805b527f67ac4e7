/** Entries that ask one thing each become one entry with all of their values, so that a long list is looked through at once. */
import type { ConditionPlan } from '../../contract/plan/condition.ts'

/** Denies what `entries` do. */
export function joinedEntries(entries: readonly (readonly ConditionPlan[])[]): readonly (readonly ConditionPlan[])[] {
  const joined = new Map<string, ConditionPlan[]>()
  const others: (readonly ConditionPlan[])[] = []
  for (const entry of entries) {
    const [only] = entry
    const key = entry.length > 1 || only === undefined || only.negated ? null : keyOf(only)
    if (key === null || only === undefined) others.push(entry)
    else {
      const alike = joined.get(key)
      if (alike === undefined) joined.set(key, [only])
      else alike.push(only)
    }
  }
  return [...[...joined.values()].map((alike) => [union(alike)]), ...others]
}

/** The same for conditions that differ in their values alone; `null` where nothing is gained. */
function keyOf(condition: ConditionPlan): string | null {
  switch (condition.kind) {
    case 'header':
    case 'query':
    case 'claim':
      return condition.values === 'any' ? null : `${condition.kind}:${condition.name}`
    case 'address':
    case 'application':
    case 'user':
    case 'consumer':
      return condition.kind
    default:
      return null
  }
}

/** Fits whatever one of them does. */
function union(alike: readonly ConditionPlan[]): ConditionPlan {
  const first = alike[0]!
  switch (first.kind) {
    case 'address':
      return { ...first, ranges: alike.flatMap((each) => (each.kind === 'address' ? each.ranges : [])) }
    case 'header':
    case 'query':
    case 'claim':
    case 'application':
    case 'user':
    case 'consumer':
      return { ...first, values: alike.flatMap((each) => ('values' in each && each.values !== 'any' ? each.values : [])) }
    default:
      return first
  }
}
