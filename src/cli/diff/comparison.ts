/**
 * How two manifests are compared: a rule for each member, joined into rules for objects. The types ask for a rule for every member that
 * the manifest has, so that nothing new goes unnoticed; what a manifest has beyond that is reported, as nobody knows what it means.
 */
import { isDeepStrictEqual } from 'node:util'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { Difference, DifferenceClass } from './difference.ts'

/** Where the comparison has come to. */
export type Where = {
  readonly rule: string
  readonly of: string
  readonly before: SourceReference | null
  readonly after: SourceReference | null
  /** Both whole, for rules that need more than their own member. */
  readonly manifests: { readonly before: Manifest; readonly after: Manifest }
}

export type Compare<T> = (before: T, after: T, where: Where) => readonly Difference[]

/** A rule for each member. */
export type Members<T> = { readonly [Key in keyof T]-?: Compare<T[Key]> }

/** A class with the words for it. */
export type Meaning = readonly [DifferenceClass, string]

export function differ([found, text]: Meaning, { rule, of, before, after }: Where): readonly Difference[] {
  return [{ class: found, rule, of, text, before, after }]
}

/** An object, member by member. Places that it names are those of all that is in it. */
export function members<T extends object>(rules: Members<T>): Compare<T> {
  return (before, after, where) => {
    const here = { ...where, before: placeOf(before) ?? where.before, after: placeOf(after) ?? where.after }
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => compareMember(name, before, after, rules, here))
  }
}

function compareMember<T extends object>(name: string, before: T, after: T, rules: Members<T>, where: Where): readonly Difference[] {
  const [old, now]: readonly [unknown, unknown] = [Reflect.get(before, name), Reflect.get(after, name)]
  const below = { ...where, rule: joined(where.rule, name) }
  const known = Object.hasOwn(rules, name)
  if (known && old !== undefined && now !== undefined) {
    const key = name as keyof T
    return rules[key](before[key], after[key], below)
  }
  if (isDeepStrictEqual(old, now)) return []
  const whose =
    old === undefined ? 'the old gateway says nothing of it' : now === undefined ? 'the new gateway says nothing of it' : 'it differs'
  return differ(['weakening', `it is not known what \`${name}\` means here: ${whose}`], below)
}

function joined(rule: string, name: string): string {
  return rule === '' ? name : `${rule}.${name}`
}

/** Of an object of the manifest: where it is written, or the tier that it is. */
function placeOf(value: object): SourceReference | null {
  for (const name of ['at', 'definedAt']) {
    const place: unknown = Reflect.get(value, name)
    if (typeof place === 'string') return place
  }
  return null
}

/** Things with names, in no order: those that are new, those that are gone, and those that are on both sides. */
export type Named<T> = {
  readonly key: (item: T) => string
  /** How differences of it are headed; by default as those of what holds it. */
  readonly of?: (item: T) => string
  readonly added: (item: T, where: Where) => Meaning
  readonly gone: (item: T, where: Where) => Meaning
  readonly both: Compare<T>
  /** What another order means; without it none. */
  readonly order?: Meaning
}

export function named<T>({ key, of, added, gone, both, order }: Named<T>): Compare<readonly T[]> {
  return (before, after, where) => {
    const [old, now] = [byKey(before, key), byKey(after, key)]
    const at = (item: T, side: 'before' | 'after'): Where => {
      const place = typeof item === 'object' && item !== null ? placeOf(item) : null
      const other = side === 'before' ? 'after' : 'before'
      return { ...where, of: of?.(item) ?? where.of, [side]: place ?? where[side], [other]: null }
    }
    const shared = [...old.keys()].filter((each) => now.has(each))
    const reordered =
      order !== undefined &&
      !isDeepStrictEqual(
        shared,
        [...now.keys()].filter((each) => old.has(each)),
      )
    return [
      ...[...old].flatMap(([name, item]) => (now.has(name) ? [] : differ(gone(item, where), at(item, 'before')))),
      ...[...now].flatMap(([name, item]) => {
        if (!old.has(name)) return differ(added(item, where), at(item, 'after'))
        return both(old.get(name)!, item, { ...where, of: of?.(item) ?? where.of })
      }),
      ...(reordered ? differ(order, where) : []),
    ]
  }
}

/** What has the same key as one before it is told apart by its place among them. */
function byKey<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const item of items) {
    const name = key(item)
    let numbered = name
    for (let number = 2; found.has(numbered); number++) numbered = `${name}\u0000${number}`
    found.set(numbered, item)
  }
  return found
}

/** What may be there or not. */
export function optional<T>(gained: (item: T) => Meaning, lost: (item: T) => Meaning, both: Compare<T>): Compare<T | null> {
  return (before, after, where) => {
    if (before === null) return after === null ? [] : differ(gained(after), { ...where, after: placeIn(after) ?? where.after })
    if (after === null) return differ(lost(before), { ...where, before: placeIn(before) ?? where.before })
    return both(before, after, where)
  }
}

function placeIn(value: unknown): SourceReference | null {
  return typeof value === 'object' && value !== null ? placeOf(value) : null
}

/** Several rules for one thing. */
export function all<T>(...rules: readonly Compare<T>[]): Compare<T> {
  return (before, after, where) => rules.flatMap((rule) => rule(before, after, where))
}
