/**
 * A base of this machine's Node and the libraries that it needs, and nothing else: no shell, no package manager. All that is taken from
 * the machine is told, with its digest.
 */
import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readElf } from './elf.ts'
import { ImageError } from './image-error.ts'
import type { LayerEntry } from './layer-entries.ts'
import type { Platform } from './oci.ts'
import { sharedLibraries } from './shared-libraries.ts'

export type HostBase = {
  readonly platform: Platform
  readonly nodeVersion: string
  /** What all programs need, and Node: what changes rarely comes first. */
  readonly libraries: readonly LayerEntry[]
  readonly node: readonly LayerEntry[]
}

/** Where Node lies in the image. */
export const hostNodePath = '/usr/bin/node'

/** GOARCH by `e_machine`. */
const architectures: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64', 21: 'ppc64le', 243: 'riscv64' }

/** `program`: path of a Node on this machine. */
export async function hostBase(program: string): Promise<HostBase> {
  const node = realpathSync(program)
  const elf = await readElf(node)
  const architecture = elf === null ? undefined : architectures[elf.machine]
  if (elf === null || architecture === undefined) {
    throw new ImageError(
      `${program} is not a Node for Linux that an image can hold.`,
      'Name one with --node, or a base image: --base <oci layout>.',
    )
  }
  const nodeVersion = await versionOf(node)
  const found = await sharedLibraries(node, elf)
  const libraries: LayerEntry[] = [...userFiles]
  if (found !== null) {
    libraries.push(copied(found.interpreter, found.interpreter, 0o755))
    for (const { name, path } of found.libraries) libraries.push(copied(join(found.folder, name), path, 0o755))
  }
  if (existsSync('/etc/os-release')) libraries.push(copied('/etc/os-release', '/etc/os-release', 0o644))
  const licence = [join(dirname(node), '..', 'LICENSE'), join(dirname(node), '..', 'share', 'doc', 'nodejs', 'copyright')].find((file) =>
    existsSync(file),
  )
  return {
    platform: { os: 'linux', architecture, variant: null },
    nodeVersion,
    libraries,
    node: [
      copied(hostNodePath, node, 0o755),
      ...(licence === undefined ? [] : [copied(`/usr/share/doc/node/${basename(licence)}`, licence, 0o644)]),
    ],
  }
}

function copied(path: string, from: string, mode: number): LayerEntry {
  const file = realpathSync(from)
  return { kind: 'file', path, mode, content: { file }, origin: { kind: 'host', path: file } }
}

function written(path: string, text: string): LayerEntry {
  return { kind: 'file', path, mode: 0o644, content: Buffer.from(text), origin: { kind: 'written' } }
}

const userFiles: readonly LayerEntry[] = [
  written('/etc/passwd', 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n'),
  written('/etc/group', 'root:x:0:\nnonroot:x:65532:\n'),
  written('/etc/nsswitch.conf', 'hosts: files dns\n'),
]

/** Distributions can put parts of Node's own code beside it, where no library leads to. */
const question = `const { version, config } = process
const outside = (config.variables.node_builtin_shareable_builtins ?? []).filter((path) => path.startsWith('/'))
process.stdout.write(JSON.stringify({ version, outside }))`

async function versionOf(node: string): Promise<string> {
  const answer = await promisify(execFile)(node, ['-e', question], { env: {}, timeout: 30_000 }).catch(() => null)
  const { version, outside } = answer === null ? { version: '', outside: [] } : readAnswer(answer.stdout)
  if (version === '') throw new ImageError(`${node} does not run here as Node.`, 'Name another one with --node.')
  const [part] = outside
  if (part === undefined) return version
  throw new ImageError(
    `${node} keeps parts of itself in other files, such as ${part}.`,
    'Take the Node of nodejs.org or of the npm package `node`, which is one file: --node <file>.',
  )
}

function readAnswer(text: string): { version: string; outside: readonly unknown[] } {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null && 'version' in answer && 'outside' in answer && Array.isArray(answer.outside)) {
      return { version: /^v(\d+\.\d+\.\d+)/.exec(String(answer.version))?.[1] ?? '', outside: answer.outside }
    }
  } catch {
    // Something else than Node has answered.
  }
  return { version: '', outside: [] }
}
