/** `postern lock`: fetches what a project names on the network, and pins it. The only command that needs the network for a build. */
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import { locateProject, projectArgument } from '../locate.ts'
import { fetchProject } from '../lock/fetch-project.ts'
import { isLocked, type LockChange, lockChanges, writeLock } from '../lock/write-lock.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'

type Options = { readonly check?: boolean; readonly json?: boolean }

export const addLock: AddCommand = (program, session) => {
  program
    .command('lock')
    .summary('fetch and pin what a project names on the network')
    .description(
      'Fetches the definitions and key sets that postern.yaml names by https, and what such definitions refer to, puts them into locked/ and pins them in postern.lock. Commit both: a build is offline always.',
    )
    .argument(...projectArgument)
    .option('--check', 'write nothing; end with 1 where the lock is not what the network gives now')
    .option('--json', 'print what changes for programs')
    .addHelpText('after', '\nExamples:\n  $ postern lock\n  $ postern lock --check || postern lock && postern build --frozen')
    .action((project: string, options: Options) => lock(project, options, session))
}

async function lock(argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const folder = locateProject(argument)
  const contents = await fetchProject(folder, report)
  const changes = lockChanges(folder, contents)
  const upToDate = isLocked(folder, contents) && changes.every(({ change }) => change === 'same')
  if (options.check !== true) writeLock(folder, contents)
  else if (!upToDate) session.exitCode = exitCodes.findings
  report.result(options.json === true ? `${JSON.stringify({ format: 1, upToDate, documents: changes }, null, 2)}\n` : told(changes))
  if (contents.size === 0) report.note('The project names nothing on the network.')
  else if (upToDate) report.note(`${counted(contents.size, 'document')} pinned, as before.`)
  else
    report.note(
      options.check === true
        ? 'The lock is not what the network gives now.'
        : `${counted(contents.size, 'document')} pinned in postern.lock.`,
    )
}

function told(changes: readonly LockChange[]): string {
  return table(changes.map(({ url, file, change }) => [change, url === '' ? file : url]))
}
