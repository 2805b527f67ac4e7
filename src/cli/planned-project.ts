/** The plan of a project, for a command that does what a gateway would do. */
import { examine } from '../compiler/compile.ts'
import { makePlan } from '../compiler/plan/make-plan.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import { exitCodeFor, reportRejected } from './compiled-project.ts'
import { Ended } from './failures.ts'
import type { Report } from './report.ts'

/** Ends the command where findings leave nothing to go on with; other findings are for `postern check`. */
export function planOf(projectFolder: string, report: Report): GatewayPlan {
  const { diagnostics, project } = examine({ projectFolder, now: new Date() })
  if (project !== null) return makePlan(project).plan
  reportRejected(diagnostics, report)
  throw new Ended(exitCodeFor(diagnostics))
}
