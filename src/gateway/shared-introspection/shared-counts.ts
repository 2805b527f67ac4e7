/** What is counted of answers that gateways share, of all issuers together. */
import type { SharedAnswerOutcome, SharedAnswersFigures } from '../observability/introspection-metrics.ts'

export class SharedCounts implements SharedAnswersFigures {
  readonly outcomes: Map<SharedAnswerOutcome, number> = new Map()
  connected: number = 0

  count(outcome: SharedAnswerOutcome): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }
}
