/** Differences for programs. */
import { type Difference, differenceClasses } from '../difference.ts'

export type Compared = {
  readonly before: { readonly name: string; readonly digest: string }
  readonly after: { readonly name: string; readonly digest: string }
}

export function differencesAsJson(differences: readonly Difference[], { before, after }: Compared): string {
  const counts = Object.fromEntries(differenceClasses.map((name) => [name, differences.filter((each) => each.class === name).length]))
  return `${JSON.stringify({ format: 1, before, after, counts, differences }, null, 2)}\n`
}
