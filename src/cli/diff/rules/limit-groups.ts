/**
 * Tiers with groups: of each request the first group holds that fits. One that is new takes requests from others, and one that is gone leaves
 * them to others, so that what holds for them may be looser or stricter whatever the group is by itself.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ManifestLimit } from '../../../contract/manifest/limit.ts'
import { describeBy, describeWindows } from '../../described-rules.ts'
import { type Compare, differ } from '../comparison.ts'
import { written } from '../leaves.ts'
import { areWithin } from '../window-strictness.ts'

/** @param keyOf by which a group of the one side is one of the other. */
export function groupsOf(keyOf: (limit: ManifestLimit) => string): Compare<readonly ManifestLimit[]> {
  return (before, after, where) => [
    ...handedOver(after, before, keyOf).flatMap(({ group, others }) => {
      const stricter = others.filter((other) => !isWithin(group, other))
      return stricter.length === 0
        ? []
        : differ(['weakening', `${headline(group)} is new: some of its requests had ${described(stricter)}`], {
            ...where,
            before: null,
            after: group.definedAt,
          })
    }),
    ...handedOver(before, after, keyOf).flatMap(({ group, others }) => {
      const stricter = others.filter((other) => !isWithin(group, other))
      return stricter.length === 0
        ? []
        : differ(['breaking', `${headline(group)} is gone: some of its requests have ${described(stricter)}`], {
            ...where,
            before: group.definedAt,
            after: null,
          })
    }),
  ]
}

/** Of tiers that callers name: those of each tier stand in another order. */
export function otherOrder(level: string): Compare<readonly ManifestLimit[]> {
  return (before, after, where) => {
    const groups = (list: readonly ManifestLimit[], others: readonly ManifestLimit[], tier: string): readonly string[] => {
      const known = new Set(others.filter((each) => each.tier === tier).map(conditionsOf))
      return list.filter((each) => each.tier === tier && known.has(conditionsOf(each))).map(conditionsOf)
    }
    const tiers = [...new Set(before.map(({ tier }) => tier))]
    return tiers
      .filter((tier) => !isDeepStrictEqual(groups(before, after, tier), groups(after, before, tier)))
      .flatMap((tier) =>
        differ(['weakening', `groups of the ${level} tier ${written(tier)} stand in another order: the first one that fits holds`], where),
      )
  }
}

function conditionsOf({ conditions }: ManifestLimit): string {
  return JSON.stringify(conditions)
}

type HandedOver = { readonly group: ManifestLimit; readonly others: readonly ManifestLimit[] }

/** Groups that `theirs` does not have, with those of `theirs` that hold for some of their requests. */
function handedOver(
  mine: readonly ManifestLimit[],
  theirs: readonly ManifestLimit[],
  keyOf: (limit: ManifestLimit) => string,
): readonly HandedOver[] {
  const known = new Set(theirs.map(keyOf))
  return mine.flatMap((group, index) => {
    if (group.conditions.length === 0 || known.has(keyOf(group))) return []
    // What fits one of these does not come to the group.
    const earlier = new Set(mine.slice(0, index).map(keyOf))
    const others = theirs.filter((other) => other.level === group.level && other.conditions.length > 0 && !earlier.has(keyOf(other)))
    return [{ group, others }]
  })
}

/** True where `strict` lets nothing through that `loose` would not. */
function isWithin(strict: ManifestLimit, loose: ManifestLimit): boolean {
  if (loose.windows.length === 0) return true
  const sameKind = strict.by === loose.by && strict.whenUsedUp === loose.whenUsedUp
  return sameKind && areWithin(strict.windows, loose.windows)
}

function headline(limit: ManifestLimit): string {
  return `the group of ${written(limit.tier)} where ${limit.conditions.join(' and ')} (${describeWindows(limit)}, ${describeBy(limit)})`
}

function described(limits: readonly ManifestLimit[]): string {
  return limits.map((limit) => `${describeWindows(limit)}, ${describeBy(limit)}`).join('; ')
}
