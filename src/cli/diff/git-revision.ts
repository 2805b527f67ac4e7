/** A folder as it is in a revision of a git repository, written to a folder of its own. git is asked to read, and nothing else. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../failures.ts'

/**
 * `tree`: what git reads as a folder, as in `main:services/shop`; `path`: the part after the colon. `folder`: any folder of the repository.
 */
export type Revision = { readonly revision: string; readonly tree: string; readonly path: string; readonly folder: string }

/** A folder of a project has some dozens of files; the rest of a repository does not belong into it. */
const most = { files: 20_000, bytes: 256 * 1024 * 1024 } as const

/** `main:services/shop`, from the root of the repository, or `main:./shop` from the current folder; `null` for what is no such thing. */
export function parseRevision(argument: string): Revision | null {
  const [, revision, path] = /^([^:]+):([^:]*)$/.exec(argument) ?? []
  if (revision === undefined || path === undefined) return null
  // The file that makes a folder a project stands for the folder.
  const folder = path.replace(/(?:^|\/)(?:postern\.yaml|gateway\.mjs|manifest\.json)$/, '').replace(/\/$/, '')
  return { revision, tree: `${revision}:${folder}`, path: folder.replace(/^\.\//, ''), folder: '.' }
}

/** The folder of a working tree in another revision. */
export function sameFolderAt(revision: string, folder: string): Revision {
  const prefix = git(folder, ['rev-parse', '--show-prefix'])
    .toString('utf8')
    .replace(/\/?\n$/, '')
  return { revision, tree: `${revision}:${prefix}`, path: prefix, folder }
}

/**
 * Writes the files of the tree to an empty folder. Links are written as links: whoever reads them looks where they lead.
 * @returns folders that are left out because they are submodules, whose files are in other repositories.
 */
export function writeTree({ tree, folder }: Revision, target: string): readonly string[] {
  const { entries, submodules } = listed(git(folder, ['ls-tree', '-r', '-l', '-z', '--full-tree', objectOf(tree, folder)]), tree)
  const contents = blobs(entries, folder)
  const regular = entries.filter(({ mode }) => mode !== link)
  for (const { id, path } of regular) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    writeFileSync(join(target, path), contents.get(id)!, { flag: 'wx' })
  }
  // Last, so that nothing is written through one.
  for (const { id, path } of entries.filter(({ mode }) => mode === link)) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    symlinkSync(contents.get(id)!.toString('utf8'), join(target, path))
  }
  return submodules
}

/** When the revision was committed: what has expired since then is no mistake of it. `null` for a tree that nobody committed. */
export function commitTime({ revision, folder }: Revision): Date | null {
  const seconds = git(folder, ['log', '-1', '--format=%ct', revision, '--']).toString('utf8').trim()
  return seconds === '' ? null : new Date(Number(seconds) * 1000)
}

const link = '120000'

const usage = 'Name a revision and a folder in it, as in `main:services/shop`.'

type Entry = { readonly mode: string; readonly id: string; readonly size: number; readonly path: string }

function objectOf(tree: string, folder: string): string {
  // It would be an option of git; `--end-of-options` is not known to every git.
  if (tree.startsWith('-')) throw new UsageError(`There is no ${tree}.`, usage)
  const id = git(folder, ['rev-parse', '--verify', '--quiet', tree], `There is no ${tree}.`).toString('utf8').trim()
  if (git(folder, ['cat-file', '-t', id]).toString('utf8').trim() !== 'tree') {
    throw new UsageError(`${tree} is no folder.`, 'Name the folder of a project or of a bundle, from the root of the repository.')
  }
  return id
}

function listed(output: Buffer, tree: string): { readonly entries: readonly Entry[]; readonly submodules: readonly string[] } {
  const submodules: string[] = []
  const lines = output.toString('utf8').split('\0').slice(0, -1)
  const entries = lines.flatMap((line) => {
    const [, mode = '', type, id = '', size = '', path = ''] = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s.exec(line) ?? []
    if (type === 'commit') submodules.push(path)
    if (type !== 'blob') return []
    if (path.split('/').some((part) => ['', '.', '..'].includes(part) || part.toLowerCase() === '.git')) {
      throw new UsageError(`${tree} holds a file that is outside of it.`, 'The repository is damaged, or not what it should be.')
    }
    return [{ mode, id, size: Number(size), path }]
  })
  const bytes = entries.reduce((sum, { size }) => sum + size, 0)
  if (entries.length > most.files || bytes > most.bytes) {
    throw new UsageError(`${tree} has more than ${most.files} files, or more than 256 MiB.`, 'Name the folder of the project alone.')
  }
  return { entries, submodules }
}

/** Contents by id. */
function blobs(entries: readonly Entry[], folder: string): ReadonlyMap<string, Buffer> {
  const ids = [...new Set(entries.map(({ id }) => id))]
  const contents = new Map<string, Buffer>()
  if (ids.length === 0) return contents
  const output = git(folder, ['cat-file', '--batch'], undefined, `${ids.join('\n')}\n`)
  let start = 0
  for (const id of ids) {
    const end = output.indexOf(10, start)
    const [, name, size] = /^(\S+) blob (\d+)$/.exec(output.toString('utf8', start, end)) ?? []
    if (name !== id) throw new UsageError(`The repository does not have the file ${id} of that revision.`, 'Fetch it, and try again.')
    const from = end + 1
    contents.set(id, output.subarray(from, from + Number(size)))
    start = from + Number(size) + 1
  }
  return contents
}

/** Neither hooks nor helpers of the repository are run, and nothing is fetched. */
function git(folder: string, args: readonly string[], failure?: string, input?: string): Buffer {
  const safe = ['-C', folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-replace-objects', '--literal-pathspecs']
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  try {
    return execFileSync('git', [...safe, ...args], { env, input: input ?? '', maxBuffer: most.bytes + 32 * 1024 * 1024, stdio: 'pipe' })
  } catch (error) {
    throw refused(error, failure)
  }
}

function refused(error: unknown, failure: string | undefined): UsageError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  if (missing) return new UsageError('git is not installed, or the folder is gone.', 'Install git, or name two projects or bundles.')
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).split('\n')[0] : ''
  return new UsageError([failure, said ? `git says: ${said}` : ''].filter(Boolean).join(' ') || 'git failed.', usage)
}
