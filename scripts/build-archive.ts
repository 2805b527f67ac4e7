/**
 * Makes one archive for sites without a network: the published package, every package that it needs, esbuild's binary for this platform and
 * this Node. `npm run archive`, or `node scripts/build-archive.ts [folder] [--without-node] [--effort 1..9]`. The same checkout and Node make the same bytes.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import { buildLib } from './build-lib.ts'

/** What a file of the archive is, by its path there. */
type Content = { readonly from: string; readonly executable: boolean } | { readonly text: string; readonly executable: boolean }

/** `effort`: of the compression, from 1 to 9. */
export type ArchiveRequest = { readonly root: string; readonly folder: string; readonly withNode: boolean; readonly effort: number }

/** Returns the path of the archive. */
export async function buildArchive({ root, folder, withNode, effort }: ArchiveRequest): Promise<string> {
  const { version, files }: { readonly version: string; readonly files: readonly string[] } = readJson(join(root, 'package.json'))
  const name = `postern-${version}-${process.platform}-${process.arch}`
  const lib = mkdtempSync(join(tmpdir(), 'postern-lib-'))
  try {
    buildLib(join(root, 'src'), lib)
    const contents = new Map<string, Content>([
      ...packageFiles(root, files, lib),
      ...productionPackages(root).flatMap((path) => tree(join(root, path), path)),
      ['postern', { text: launcher, executable: true }],
    ])
    if (withNode) for (const [path, content] of nodeFiles()) contents.set(path, content)
    const archive = join(folder, `${name}.tar.gz`)
    writeFileSync(archive, gzipSync(await packed(name, contents), { level: effort }))
    return archive
  } finally {
    rmSync(lib, { recursive: true, force: true })
  }
}

/** Starts the CLI with the Node that came with it, or with that of the machine. */
const launcher = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
node="$here/node/bin/node"
[ -x "$node" ] || node=node
exec "$node" "$here/bin/postern.js" "$@"
`

/** What `npm pack` would take: what package.json names, and what npm adds unasked. */
function packageFiles(root: string, named: readonly string[], lib: string): readonly (readonly [string, Content])[] {
  const paths = [...named.filter((path) => !path.startsWith('!') && path !== 'lib'), 'package.json', 'README.md', 'LICENSE']
  return [...paths.flatMap((path) => tree(join(root, path), path)), ...tree(lib, 'lib')]
}

/** Packages that are no tools of the developers, as they are installed here; those of other platforms are not. */
function productionPackages(root: string): readonly string[] {
  type Locked = Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>
  const { packages }: { readonly packages: Locked } = readJson(join(root, 'package-lock.json'))
  return Object.entries(packages).flatMap(([path, { dev, optional }]) => {
    if (path === '' || dev === true) return []
    if (existsSync(join(root, path))) return [path]
    if (optional === true) return []
    throw new Error(`${path} is not installed: npm run setup`)
  })
}

/** The binary as it was published, with its licence where that lies beside it. */
function nodeFiles(): readonly (readonly [string, Content])[] {
  const licence = [
    join(dirname(process.execPath), '..', 'LICENSE'),
    join(dirname(process.execPath), '..', 'node_modules', `node-${process.platform}-${process.arch}`, 'LICENSE'),
  ].find(existsSync)
  return [
    ['node/bin/node', { from: process.execPath, executable: true }],
    ...(licence === undefined ? [] : [['node/LICENSE', { from: licence, executable: false }] as const]),
  ]
}

/** All files below a path, or the file itself. Links would lead out of the archive, and are left out. */
function tree(from: string, to: string): readonly (readonly [string, Content])[] {
  const stat = statSync(from)
  if (stat.isFile()) return [[to, { from, executable: (stat.mode & 0o100) !== 0 }]]
  return readdirSync(from, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink() && entry.name !== '.bin' && !entry.name.endsWith('.tsbuildinfo'))
    .flatMap((entry) => tree(join(from, entry.name), `${to}/${entry.name}`))
}

/** Sorted, with fixed owners, times and modes. */
async function packed(top: string, contents: ReadonlyMap<string, Content>): Promise<Uint8Array> {
  const entries = [...contents]
    .map(([path, content]) => [path.split(sep).join('/'), content] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => {
      const body = 'from' in content ? readFileSync(content.from) : Buffer.from(content.text)
      const mode = content.executable ? 0o755 : 0o644
      return { header: { name: `${top}/${path}`, size: body.length, mode, mtime: new Date(0), uid: 0, gid: 0 }, body }
    })
  return packTar(entries)
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'))
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'without-node': { type: 'boolean', default: false }, effort: { type: 'string', default: '9' } },
  })
  const [folder = '.'] = positionals
  const root = join(import.meta.dirname, '..')
  const archive = await buildArchive({ root, folder, withNode: !values['without-node'], effort: Number(values.effort) })
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex')
  process.stdout.write(`${digest}  ${archive}\n`)
}
