/**
 * How an image starts its gateway: with everything taken away from Node that a gateway does not need. What Node calls the permission model
 * keeps mistakes in: files other than those named here are not read or written, no process is started, no inspector opened.
 */
import type { Manifest } from '../contract/manifest.ts'

export const gatewayFolder = '/gateway'
/** Where certificates and keys are mounted, whose paths are settings. */
export const filesFolder = '/etc/postern'
/** Where what outlasts a restart is mounted. */
const stateFolder = '/var/lib/postern'

export type Allowed = {
  /** Absolute paths in the image. */
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** Worker threads (POSTERN_WORKERS): Node's permissions do not hold in them. */
  readonly workers: boolean
}

/** The first Node that guards the network as well, all of it or nothing. */
const guardsNetwork = 25

export function entrypoint(nodePath: string, nodeMajor: number, { read, write, workers }: Allowed): readonly string[] {
  return [
    nodePath,
    '--permission',
    ...[...new Set([gatewayFolder, filesFolder, ...read, ...write])].map((path) => `--allow-fs-read=${folderPattern(path)}`),
    ...write.map((path) => `--allow-fs-write=${folderPattern(path)}`),
    // That it is experimental is told at each start otherwise, on stderr.
    ...(nodeMajor >= guardsNetwork ? ['--allow-net', '--disable-warning=ExperimentalWarning'] : []),
    ...(workers ? ['--allow-worker', '--disable-warning=PERM0006'] : []),
    '--disable-proto=delete',
    '--disallow-code-generation-from-strings',
    '--disable-sigusr1',
    '--no-addons',
    `${gatewayFolder}/gateway.mjs`,
  ]
}

/** Whether it is one that `entrypoint` writes: nothing but Node is started, and none of the flags is missing. */
export function isEntrypoint(words: readonly string[]): boolean {
  const paths = (flag: string): readonly string[] => {
    return words.filter((word) => word.startsWith(`${flag}=`)).map((word) => word.slice(flag.length + 1).replace(/\/\*$/, ''))
  }
  const allowed = { read: paths('--allow-fs-read'), write: paths('--allow-fs-write'), workers: words.includes('--allow-worker') }
  const [node = ''] = words
  const expected = entrypoint(node, words.includes('--allow-net') ? guardsNetwork : guardsNetwork - 1, allowed)
  return node.startsWith('/') && words.length === expected.length && words.every((word, index) => word === expected[index])
}

/** Where an image's gateway may write: what the command allows, and the folder of its own, where the plan has one. */
export function writtenFolders({ revocation }: Manifest, { write }: Allowed): readonly string[] {
  const persist = revocation?.persist ?? null
  if (persist === null) return [...new Set(write)]
  // One that a setting names is to be mounted at the usual place.
  return [...new Set([persist.includes('${') ? stateFolder : persist, ...write])]
}

/** With all that is in it, where it is a folder. */
function folderPattern(path: string): string {
  return path.endsWith('*') ? path : `${path.replace(/\/+$/, '')}/*`
}
