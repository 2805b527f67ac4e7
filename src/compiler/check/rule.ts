/** What a rule of the check stage gets and does: it judges the whole project, and reports. */
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Project } from '../model/model.ts'
import type { Location } from '../source/location.ts'

export type RuleContext = {
  readonly project: Project
  readonly now: Date
  /** False where an earlier stage had to leave something out: what is missing then proves nothing. */
  readonly complete: boolean
  /** A finding that was already reported at this place is dropped: operations share what their API says for all of them. */
  readonly report: (code: DiagnosticCode, at: Location, message: string, hint?: string | (() => string | undefined)) => void
}

export type Rule = (context: RuleContext) => void
