/** The command line: which commands there are, and how each way of ending becomes an exit code. */
import { Command, CommanderError } from 'commander'
import { posternVersion } from '../contract/version.ts'
import { addBuild } from './commands/build.ts'
import { addCheck } from './commands/check.ts'
import { addDiff } from './commands/diff.ts'
import { addExplain } from './commands/explain.ts'
import { addImage } from './commands/image.ts'
import { addImport } from './commands/import.ts'
import { addInit } from './commands/init.ts'
import { addInspect } from './commands/inspect.ts'
import { addLimits } from './commands/limits.ts'
import { addLock } from './commands/lock.ts'
import { addRevoke } from './commands/revoke.ts'
import { addRun } from './commands/run.ts'
import { addSelftest } from './commands/selftest.ts'
import { addToken } from './commands/token.ts'
import { addVerify } from './commands/verify.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { Ended, fileSystemFailure, UsageError } from './failures.ts'
import { Session } from './session.ts'

const commands = [
  addInit,
  addImport,
  addLock,
  addCheck,
  addBuild,
  addImage,
  addRun,
  addInspect,
  addExplain,
  addLimits,
  addDiff,
  addToken,
  addRevoke,
  addVerify,
  addSelftest,
]

/** Runs the command that the arguments name, and sets the process's exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  const session = new Session()
  let resultsLost = false
  process.stdout.on('error', (error) => {
    session.report.stopResults()
    // Whoever reads our output may stop reading (`postern check | head`): that is no failure, and changes nothing about the result.
    if (resultsLost || ('code' in error && error.code === 'EPIPE')) return
    resultsLost = true
    process.exitCode = exitCodes.usage
    session.report.failure(`The result cannot be written to stdout. ${fileSystemFailure(error) ?? error.message}`, '')
  })
  // There is nowhere left to say it.
  process.stderr.on('error', () => {})
  const exitCode = await resultOf(argv, session)
  process.exitCode = resultsLost ? exitCodes.usage : exitCode
}

async function resultOf(argv: readonly string[], session: Session): Promise<number> {
  try {
    await makeProgram(session).parseAsync(argv, { from: 'user' })
    return session.exitCode
  } catch (error) {
    return reportFailure(error, session)
  }
}

function makeProgram(session: Session): Command {
  const program = new Command('postern')
    .description('Compiles OpenAPI definitions, policies and keys into one immutable API gateway file.')
    .version(posternVersion, '-V, --version', 'print the version of Postern')
    .option('-q, --quiet', 'print results, findings and failures only')
    .helpOption('-h, --help', 'print help for a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride()
    .hook('preAction', () => {
      session.report.quiet = program.opts<{ quiet?: boolean }>().quiet === true
    })
    .addHelpText(
      'after',
      '\nStart with:\n  $ postern init my-gateway\n\nExit codes: 0 fine, 1 findings, 2 wrong usage, 69 not acknowledged, 70 a bug in Postern.',
    )
  for (const add of commands) add(program, session)
  return program
}

function reportFailure(error: unknown, { report }: Session): ExitCode {
  // commander has printed what it had to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage
  if (error instanceof Ended) return error.exitCode
  if (error instanceof UsageError) {
    report.failure(error.message, error.hint)
    return exitCodes.usage
  }
  const refused = fileSystemFailure(error)
  if (refused !== null) {
    report.failure(refused, '')
    return exitCodes.usage
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  report.failure(
    `This is a bug in Postern ${posternVersion} (Node ${process.versions.node}, ${process.platform}).\n${detail}`,
    'Please report it with the text above, and with the project if you can share it.',
  )
  return exitCodes.bug
}
