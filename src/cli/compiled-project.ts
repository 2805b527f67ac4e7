/** A project compiled for a command that needs the result. */
import { type CompileResult, compile } from '../compiler/compile.ts'
import type { Diagnostics } from '../compiler/diagnostics.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { Ended } from './failures.ts'
import { tally } from './formats/text.ts'
import type { Report } from './report.ts'

export type Compiled = Extract<CompileResult, { kind: 'compiled' }>

/** Ends the command where findings leave nothing to go on with; other findings are for `postern check`. */
export async function compileProject(projectFolder: string, report: Report): Promise<Compiled> {
  const result = await compile({ projectFolder, now: new Date() })
  if (result.kind === 'compiled') return result
  reportRejected(result.diagnostics, report)
  throw new Ended(exitCodeFor(result.diagnostics))
}

export function reportRejected(diagnostics: Diagnostics, report: Report): void {
  report.findings(diagnostics)
  report.note(`Nothing was built: ${tally(diagnostics)}.`)
}

/** Files that the project names and that cannot be read are wrong usage, where nothing else is wrong; everything else is a finding. */
export function exitCodeFor(diagnostics: Diagnostics): ExitCode {
  const errors = diagnostics.sorted.filter(({ severity }) => severity === 'error')
  if (errors.length === 0 && !diagnostics.hasErrors) return exitCodes.fine
  const unreadable = errors.every(({ code, at }) => code === 'unreadable-file' && at.file === 'postern.yaml')
  return unreadable ? exitCodes.usage : exitCodes.findings
}
