/**
 * Puts a bundle in its place. It is written to a temporary folder beside the target, and renamed when it is whole: whatever fails
 * before leaves the last bundle as it was.
 */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { checksumsFile, checksumsText } from '../../contract/checksums.ts'
import { signatureFile } from '../../contract/signature-file.ts'
import { digestOf, hexOf } from '../digest.ts'

/** Content of a bundle by file name. */
export type BundleFiles = Readonly<
  Record<'gateway.mjs' | 'manifest.json' | 'Dockerfile' | 'sbom.cdx.json' | 'provenance.json' | typeof checksumsFile, string>
>

/** Every name that a bundle's folder can hold: a folder with another name in it is not ours to replace. */
const bundleFileNames: ReadonlySet<string> = new Set<keyof BundleFiles | typeof signatureFile>([
  'gateway.mjs',
  'manifest.json',
  'Dockerfile',
  'sbom.cdx.json',
  'provenance.json',
  checksumsFile,
  signatureFile,
])

/** The files with SHA256SUMS, which names all of them. */
export function withChecksums(files: Omit<BundleFiles, typeof checksumsFile>): BundleFiles {
  const digests = Object.entries(files).map(([name, text]) => [name, hexOf(digestOf(text))] as const)
  return { ...files, [checksumsFile]: checksumsText(new Map(digests)) }
}

/** How the names of temporary folders begin; they stand beside the target. */
export const temporaryPrefix = '.postern-'

/** The target cannot be replaced; the message says why. */
export class BundleTargetError extends Error {}

/** Writes the bundle to the folder `target`. Throws BundleTargetError, or the file system's error. */
export function writeBundle(target: string, files: BundleFiles & Partial<Record<typeof signatureFile, string>>): Promise<void> {
  return replaceFolder(target, files, { names: bundleFileNames, what: 'a bundle' })
}

/** What a folder may hold that is replaced: files of these names, which are part of `what`. */
export type OwnFiles = { readonly names: ReadonlySet<string>; readonly what: string }

/** The same for other files that belong together. */
export async function replaceFolder(target: string, files: Readonly<Record<string, string>>, own: OwnFiles): Promise<void> {
  const folder = resolve(target)
  const replaces = await holdsOwn(folder, own)
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(join(dirname(folder), `${temporaryPrefix}${basename(folder)}-`))
  try {
    const next = join(temporary, 'next')
    await writeFolder(next, files)
    const previous = join(temporary, 'previous')
    if (replaces) await rename(folder, previous)
    try {
      await rename(next, folder)
    } catch (error) {
      if (replaces) await rename(previous, folder)
      throw error
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** False when there is nothing yet. */
async function holdsOwn(folder: string, { names: ownNames, what }: OwnFiles): Promise<boolean> {
  let names: readonly string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    if (hasCode(error, 'ENOTDIR')) throw new BundleTargetError(`${folder} is not a folder`)
    throw error
  }
  const foreign = names.find((name) => !ownNames.has(name))
  if (foreign !== undefined) throw new BundleTargetError(`${folder} holds ${foreign}, which is not part of ${what}, and is not replaced`)
  return true
}

/** Modes are set apart from creation, so that the user's umask has no say in them. */
async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder)
  await chmod(folder, 0o755)
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name)
    await writeFile(file, content)
    await chmod(file, 0o644)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
