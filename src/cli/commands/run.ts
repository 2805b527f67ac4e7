/** `postern run`: builds if it is given a project, then runs the gateway. */
import { buildProject, bundleFolder, plain, RepeatedBuild } from '../built-bundle.ts'
import { exitCodeFor } from '../compiled-project.ts'
import { Ended, UsageError } from '../failures.ts'
import { runGateway } from '../gateway-process.ts'
import { locate, targetArgument } from '../locate.ts'
import { ReplaceableGateway } from '../replaceable-gateway.ts'
import type { Report } from '../report.ts'
import type { AddCommand, Session } from '../session.ts'
import { stopRequested } from '../stop-signals.ts'
import { projectChanges } from '../watch-project.ts'

type Options = { readonly out?: string; readonly watch?: boolean }

export const addRun: AddCommand = (program, session) => {
  program
    .command('run')
    .summary('run a gateway, built first if it is a project')
    .description(
      'Runs the gateway of a bundle or of a project, which is built first. Settings are read from the environment; the log goes to stdout.',
    )
    .argument(...targetArgument)
    .option('-o, --out <dir>', 'folder of the bundle of a project (default: dist in the project)')
    .option('-w, --watch', 'build again when the project changes, and replace the running gateway without dropping a request')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern run\n  $ POSTERN_HTTP_PORT=8000 postern run services/shop --watch\n  $ postern run dist',
    )
    .action((target: string, options: Options) => run(target, options, session))
}

async function run(argument: string, options: Options, session: Session): Promise<void> {
  const { kind, folder } = locate(argument)
  if (kind === 'project') {
    const out = bundleFolder(folder, options.out)
    if (options.watch) {
      refuseThreads()
      return runWatching(folder, out, session.report)
    }
    const outcome = await buildProject(folder, { out, ...plain }, '', session.report)
    if (outcome.kind === 'rejected') throw new Ended(exitCodeFor(outcome.diagnostics))
    session.exitCode = await runGateway(out)
  } else {
    if (options.watch) throw new UsageError(`${argument} is a bundle, which does not change.`, 'Name a project, or leave --watch out.')
    session.exitCode = await runGateway(folder)
  }
}

/** A gateway that is replaced gets its ports from this process, and its threads would not. */
function refuseThreads(): void {
  const { POSTERN_WORKERS } = process.env
  if (POSTERN_WORKERS && POSTERN_WORKERS !== '1')
    throw new UsageError('A gateway that is watched runs in one thread.', 'Leave --watch or POSTERN_WORKERS out.')
}

/** A project that cannot be built, or a gateway that does not start, waits for the next change. */
async function runWatching(folder: string, out: string, report: Report): Promise<void> {
  const changes = projectChanges(folder, out, stopRequested())
  const gateway = new ReplaceableGateway(out, report)
  const build = new RepeatedBuild(folder, { out, ...plain }, report)

  async function replace(): Promise<void> {
    const outcome = await build.next()
    if (outcome.kind === 'built' && !(await gateway.start())) report.note('The new gateway did not start.')
  }

  try {
    await replace()
    report.note('Watching the project; stop with Ctrl-C.')
    for await (const _ of changes) await replace()
  } finally {
    await gateway.stop()
  }
}
