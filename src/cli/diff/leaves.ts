/** Rules for single members: what it means that one is another. */
import { isDeepStrictEqual } from 'node:util'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import { type Compare, differ, type Meaning } from './comparison.ts'
import type { DifferenceClass } from './difference.ts'

/** Any other value is of one class. */
export function changed<T>(found: DifferenceClass, what: string, write: (value: T) => string = written): Compare<T> {
  return (before, after, where) =>
    isDeepStrictEqual(before, after) ? [] : differ([found, `${what} is ${write(after)}, and was ${write(before)}`], where)
}

/** A text too long to be repeated, or one that says nothing to people. */
export function another<T>(found: DifferenceClass, text: string): Compare<T> {
  return (before, after, where) => (isDeepStrictEqual(before, after) ? [] : differ([found, text], where))
}

/** The line has moved, and what stands there is compared by itself. */
export const place: Compare<SourceReference | null> = (before, after, where) =>
  before === after ? [] : differ(['harmless', movedText], { ...where, before, after })

/** Joined into one line by whoever prints differences. */
export const movedText = 'it is written elsewhere'

export type Amount = {
  readonly what: string
  readonly raised: DifferenceClass
  readonly lowered: DifferenceClass
  /** The value that stands for no bound. */
  readonly unbounded?: number
  readonly write?: (value: number) => string
}

/** A number that allows the more the greater it is. */
export function amount({ what, raised, lowered, unbounded, write = String }: Amount): Compare<number> {
  const size = (value: number): number => (value === unbounded ? Number.POSITIVE_INFINITY : value)
  const text = (value: number): string => (value === unbounded ? 'without bound' : write(value))
  return (before, after, where) => {
    if (Object.is(before, after)) return []
    const found = size(after) < size(before) ? lowered : raised
    return differ([found, `${what} is ${text(after)}, and was ${text(before)}`], where)
  }
}

export function flag(on: Meaning, off: Meaning): Compare<boolean> {
  return (before, after, where) => (before === after ? [] : differ(after === true ? on : off, where))
}

export type Listed = {
  /** One of them, in words: `the scope`, `the origin`. */
  readonly what: string
  readonly added: DifferenceClass
  readonly gone: DifferenceClass
}

/** A list in no order of texts. */
export function listed({ what, added, gone }: Listed): Compare<readonly string[]> {
  return (before, after, where) => [
    ...after.filter((item) => !before.includes(item)).flatMap((item) => differ([added, `${what} ${written(item)} is new`], where)),
    ...before.filter((item) => !after.includes(item)).flatMap((item) => differ([gone, `${what} ${written(item)} is gone`], where)),
    ...(isDeepStrictEqual(before.toSorted(), after.toSorted()) || !sameMembers(before, after)
      ? []
      : differ(['harmless', `${what} stands there another number of times`], where)),
  ]
}

function sameMembers(before: readonly string[], after: readonly string[]): boolean {
  return before.every((item) => after.includes(item)) && after.every((item) => before.includes(item))
}

/** A list that says who is let in, with a value that stands for everybody. */
export function allowed(everybody: (value: unknown) => boolean, rule: Listed): Compare<readonly string[] | string | null> {
  const list = listed(rule)
  return (before, after, where) => {
    const [anyBefore, anyAfter] = [everybody(before), everybody(after)]
    if (anyBefore && anyAfter) return []
    if (anyAfter) return differ([rule.added, `${rule.what} may be any, and was one of ${written(before)}`], where)
    if (anyBefore) return differ([rule.gone, `${rule.what} must be one of ${written(after)}, and might be any`], where)
    return Array.isArray(before) && Array.isArray(after)
      ? list(before, after, where)
      : changed<unknown>('weakening', rule.what)(before, after, where)
  }
}

export function isAny(value: unknown): boolean {
  return value === 'any' || value === null
}

export function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** The end of a key or certificate; `null` is never. */
export function ending(what: string, later: DifferenceClass, earlier: DifferenceClass): Compare<string | null> {
  const end = (value: string | null): string => value ?? '~'
  const text = (value: string | null): string => (value === null ? 'never expires' : `expires ${value}`)
  return (before, after, where) => {
    if (before === after) return []
    return differ([end(after) < end(before) ? earlier : later, `${what} ${text(after)}, and ${text(before)} before`], where)
  }
}

/** As it would be written in a definition. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(written).join(', ')
  if (value === null) return 'none'
  return typeof value === 'string' ? `\`${value}\`` : typeof value === 'object' ? JSON.stringify(value) : String(value)
}
