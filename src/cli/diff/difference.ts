/** What differs between two gateways, and what that means for whom. */
import type { SourceReference } from '../../contract/manifest/source-reference.ts'

/** The gravest first. */
export const differenceClasses = ['weakening', 'breaking', 'capacity', 'harmless'] as const

/**
 * `weakening`: somebody may do what nobody might before, or nobody knows what it means. `breaking`: a client that was served is refused, or
 * must do something else. `capacity`: more may be asked of gateway and backends. `harmless`: none of these.
 */
export type DifferenceClass = (typeof differenceClasses)[number]

export type Difference = {
  readonly class: DifferenceClass
  /** The rule that found it: the member of the manifest that it stands for, such as `operations.maxBody.bytes`. */
  readonly rule: string
  /** What it is about: `GET /books`, `issuer https://idp.example.com`, `gateway`. */
  readonly of: string
  /** A sentence without its full stop. */
  readonly text: string
  /** Where it is written, in the old and in the new project; `null` where nothing is written. */
  readonly before: SourceReference | null
  readonly after: SourceReference | null
}

/** In the order of class, subject, rule and text, each once. */
export function sortedDifferences(differences: readonly Difference[]): readonly Difference[] {
  const rank = (difference: Difference): number => differenceClasses.indexOf(difference.class)
  const once = new Map(differences.map((each) => [JSON.stringify([each.class, each.rule, each.of, each.text]), each]))
  return [...once.values()].toSorted(
    (a, b) => rank(a) - rank(b) || compareText(a.of, b.of) || compareText(a.rule, b.rule) || compareText(a.text, b.text),
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
