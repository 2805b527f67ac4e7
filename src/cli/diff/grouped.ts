/** Differences as people read them: what is the same for several operations stands once. */
import { counted } from '../counted.ts'
import { type Difference, type DifferenceClass, differenceClasses } from './difference.ts'

export type Group = Pick<Difference, 'class' | 'rule' | 'text'> & {
  /** All that it is about, each with where that is written. */
  readonly subjects: readonly Difference[]
}

/** In the order of the differences. */
export function grouped(differences: readonly Difference[]): readonly Group[] {
  const groups = Map.groupBy(differences, (each) => JSON.stringify([each.class, each.rule, each.text]))
  return [...groups.values()].map((subjects) => ({ class: subjects[0]!.class, rule: subjects[0]!.rule, text: subjects[0]!.text, subjects }))
}

export const classTitles: Readonly<Record<DifferenceClass, string>> = {
  weakening: 'Weakens security',
  breaking: 'Breaks clients',
  capacity: 'Raises capacity',
  harmless: 'Harmless',
}

/** `2 weakening, 1 breaking`, or `no differences`. */
export function tallied(differences: readonly Difference[]): string {
  const parts = differenceClasses.flatMap((name) => {
    const count = differences.filter((each) => each.class === name).length
    return count === 0 ? [] : [`${count} ${name}`]
  })
  return parts.length === 0 ? 'no differences' : parts.join(', ')
}

/** How many subjects are named; the others are counted. */
const mostNamed = 5

/** `GET /a, GET /b and 3 others`. */
export function namedSubjects({ subjects }: Group, write: (name: string) => string): string {
  const names = subjects.map(({ of }) => write(of))
  return names.length <= mostNamed
    ? names.join(', ')
    : `${names.slice(0, mostNamed - 1).join(', ')} and ${counted(names.length - mostNamed + 1, 'other')}`
}

/** Where the first of them is written: `a.yaml:3 → a.yaml:5`; empty where nothing is. */
export function writtenAt({ subjects: [first] }: Group): string {
  if (first === undefined) return ''
  const { before, after } = first
  if (before === after) return after ?? ''
  return `${before ?? 'nothing'} → ${after ?? 'nothing'}`
}
