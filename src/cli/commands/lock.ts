/** `postern lock`: fetches what a project names on the network, and pins it. The only command that needs the network for a build. */
import { ImageError } from '../../image/image-error.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import { locateProject, projectArgument } from '../locate.ts'
import { fetchProject } from '../lock/fetch-project.ts'
import { isLocked, type LockChange, lockChanges, lockedBase, writeLock } from '../lock/write-lock.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'

type Options = { readonly check?: boolean; readonly base?: string; readonly json?: boolean }

export const addLock: AddCommand = (program, session) => {
  program
    .command('lock')
    .summary('fetch and pin what a project names on the network')
    .description(
      'Fetches the definitions and key sets that postern.yaml names by https, and what such definitions refer to, puts them into locked/ and pins them in postern.lock. Commit both: a build is offline always.',
    )
    .argument(...projectArgument)
    .option('--check', 'write nothing; end with 1 where the lock is not what the network gives now')
    .option('--base <layout>', 'pin this base image as well: an OCI layout or archive; `none` takes it out')
    .option('--json', 'print what changes for programs')
    .addHelpText('after', '\nExamples:\n  $ postern lock\n  $ postern lock --base node-26.tar\n  $ postern lock --check')
    .action((project: string, options: Options) => lock(project, options, session))
}

async function lock(argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const folder = locateProject(argument)
  const contents = await fetchProject(folder, report)
  const changes = lockChanges(folder, contents)
  const base = options.base === undefined ? lockedBase(folder) : await baseOf(options.base)
  const upToDate = isLocked(folder, contents, base) && changes.every(({ change }) => change === 'same')
  if (options.check !== true) writeLock(folder, contents, base)
  else if (!upToDate) session.exitCode = exitCodes.findings
  report.result(
    options.json === true ? `${JSON.stringify({ format: 1, upToDate, base, documents: changes }, null, 2)}\n` : told(changes, base),
  )
  if (contents.size === 0 && base === null) report.note('The project names nothing on the network.')
  else if (upToDate) report.note(`${counted(contents.size, 'document')} pinned, as before.`)
  else
    report.note(
      options.check === true
        ? 'The lock is not what the network gives now.'
        : `${counted(contents.size, 'document')} pinned in postern.lock.`,
    )
}

async function baseOf(path: string): Promise<string | null> {
  if (path === 'none') return null
  // What reads archives is not loaded for other commands.
  const { baseDigest } = await import('../../image/base-digest.ts')
  try {
    return await baseDigest(path)
  } catch (error) {
    if (error instanceof ImageError) throw new UsageError(error.message, error.hint)
    throw error
  }
}

function told(changes: readonly LockChange[], base: string | null): string {
  const rows = changes.map(({ url, file, change }) => [change, url === '' ? file : url])
  return table(base === null ? rows : [...rows, ['base', base]])
}
