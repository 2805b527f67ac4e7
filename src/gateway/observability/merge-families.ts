/** Figures of several threads as those of the process. */
import type { Across, Family } from './exposition.ts'

/** The main thread's come first. A family, or a sample, may be missing in some of them. */
export function mergeFamilies(threads: readonly (readonly Family[])[]): readonly Family[] {
  const merged = new Map<string, Family>()
  for (const families of threads) {
    for (const family of families) {
      const before = merged.get(family.name)
      if (before === undefined) merged.set(family.name, { ...family, samples: new Map(family.samples) })
      else for (const [series, value] of family.samples) before.samples.set(series, merge(before.samples.get(series), value, family.across))
    }
  }
  return [...merged.values()]
}

/** What must not be forgotten with a thread that has ended: what it counted. A gauge says what is, and it is no more. */
export function onlyCounted(families: readonly Family[]): readonly Family[] {
  return families.filter(({ kind, across }) => kind !== 'gauge' && across !== 'first')
}

function merge(before: number | undefined, value: number, across: Across): number {
  if (before === undefined) return value
  switch (across) {
    case 'sum':
      return before + value
    case 'largest':
      return Math.max(before, value)
    case 'first':
      return before
  }
}
