/** What a command is given, and what it leaves behind. */
import type { Command } from 'commander'
import { exitCodes } from './exit-codes.ts'
import { Report } from './report.ts'

export class Session {
  readonly report: Report = new Report()
  /** A gateway that was run ends with a code of its own. */
  exitCode: number = exitCodes.fine
}

/** Adds one command to the program. */
export type AddCommand = (program: Command, session: Session) => void
