/** `postern lock`: fetches what a project names on the network, and pins it. The only command that needs the network for a build. */
import type { LockedBase } from '../../compiler/source/locked-base.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import { locateProject, projectArgument } from '../locate.ts'
import { type BaseOptions, baseRequest, fetchPinned, givenBase, registryBase, removeFetched } from '../lock/base-image.ts'
import { fetchProject } from '../lock/fetch-project.ts'
import { isLocked, type LockChange, lockChanges, lockedBase, writeLock } from '../lock/write-lock.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'

type Options = BaseOptions & { readonly check?: boolean; readonly frozen?: boolean; readonly json?: boolean }

export const addLock: AddCommand = (program, session) => {
  program
    .command('lock')
    .summary('fetch and pin what a project names on the network')
    .description(
      'Fetches the definitions and key sets that postern.yaml names by https, and what such definitions refer to, puts them into locked/ and pins them in postern.lock. Commit both: a build is offline always. A base image is fetched into locked/base, and need not be committed: --frozen fetches the very same again.',
    )
    .argument(...projectArgument)
    .option('--check', 'write nothing; end with 1 where the lock is not what the network gives now')
    .option(
      '--base <image>',
      'pin this base image as well: docker://registry/name:tag, which is fetched, or an OCI layout or archive; `none` takes it out',
    )
    .option('--platform <list>', 'what to fetch of it, as in linux/amd64,linux/arm64, or all (default: the only one)')
    .option('--plain-http', 'its registry is on this machine and has no TLS')
    .option('--frozen', 'pin nothing anew: fetch the base image that postern.lock pins, where it is not there')
    .option('--json', 'print what changes for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern lock\n  $ postern lock --base docker://node:26-slim --platform linux/amd64,linux/arm64\n  $ postern lock --check',
    )
    .action((project: string, options: Options) => lock(project, options, session))
}

async function lock(argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const { check = false } = options
  const folder = locateProject(argument)
  const pinned = lockedBase(folder)
  if (options.frozen === true) {
    if (check || options.base !== undefined || options.platform !== undefined || options.json === true)
      throw new UsageError(
        '--frozen fetches what is pinned, and asks for nothing else.',
        'Leave --check, --base, --platform and --json out.',
      )
    return fetchPinned(folder, pinned, options.plainHttp === true, report)
  }
  const request = baseRequest(options, pinned)
  const contents = await fetchProject(folder, report)
  const changes = lockChanges(folder, contents)
  const base = request === null ? await givenBase(options.base, pinned) : await registryBase(folder, request, { check, report })
  const upToDate = isLocked(folder, contents, base) && changes.every(({ change }) => change === 'same')
  if (!check) {
    writeLock(folder, contents, base)
    if (request === null && pinned?.fetched != null) removeFetched(folder)
  } else if (!upToDate) session.exitCode = exitCodes.findings
  const json = { format: 1, upToDate, base: base?.digest ?? null, image: base?.fetched?.image ?? null, documents: changes }
  report.result(options.json === true ? `${JSON.stringify(json, null, 2)}\n` : told(changes, base, pinned))
  if (contents.size === 0 && base === null) return report.note('The project names nothing on the network.')
  const pinnedNow = [counted(contents.size, 'document'), ...(base === null ? [] : ['a base image'])].join(' and ')
  if (upToDate) report.note(`${pinnedNow} pinned, as before.`)
  else report.note(check ? 'The lock is not what the network gives now.' : `${pinnedNow} pinned in postern.lock.`)
}

function told(changes: readonly LockChange[], base: LockedBase | null, pinned: LockedBase | null): string {
  const rows = changes.map(({ url, file, change }) => [change, url === '' ? file : url])
  if (base === null) return table(rows)
  if (base.fetched === null) return table([...rows, ['base', base.digest]])
  const { image } = base.fetched
  const change = pinned?.fetched?.image !== image ? 'new' : pinned.digest === base.digest ? 'same' : 'changed'
  return table([...rows, [change, `${image} (${base.digest})`]])
}
