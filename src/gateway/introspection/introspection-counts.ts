/** What is counted of introspection, of all issuers together. */
import type { IntrospectionFigures, IntrospectionOutcome } from '../observability/introspection-metrics.ts'

export class IntrospectionCounts implements IntrospectionFigures {
  readonly outcomes: Map<IntrospectionOutcome, number> = new Map()
  /** Requests that waited for a question which was open already. */
  joined: number = 0
  /** Requests with a token of which it was known that it is not good. */
  knownInvalid: number = 0
  breakersOpen: number = 0

  ended(outcome: IntrospectionOutcome): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }
}
