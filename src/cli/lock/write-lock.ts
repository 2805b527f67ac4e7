/** postern.lock and the files that it pins. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Diagnostics } from '../../compiler/diagnostics.ts'
import { digestOf } from '../../compiler/digest.ts'
import { type LockedBase, lockedBaseIn } from '../../compiler/source/locked-base.ts'
import { lockedFileName, lockedFolder, lockFileName } from '../../compiler/source/locked-documents.ts'
import { SourceText } from '../../compiler/source/source-text.ts'
import { UsageError } from '../failures.ts'

export type LockChange = { readonly url: string; readonly file: string; readonly change: 'new' | 'changed' | 'same' | 'gone' }

const heading = '# Written by `postern lock`. What is pinned lies in locked/; commit both.\nlock: 1\n'

/** What the contents, by address, change in a project. */
export function lockChanges(projectFolder: string, contents: ReadonlyMap<string, Buffer>): readonly LockChange[] {
  const before = new Set(lockedFiles(projectFolder))
  const kept = [...contents].map(([url, content]) => {
    const file = lockedFileName(url)
    const there = before.delete(file) ? readFileSync(join(projectFolder, file)) : null
    return { url, file, change: there === null ? 'new' : there.equals(content) ? 'same' : 'changed' } as const
  })
  return [...kept, ...[...before].toSorted().map((file) => ({ url: '', file, change: 'gone' as const }))]
}

/** Whether postern.lock says just this already. */
export function isLocked(projectFolder: string, contents: ReadonlyMap<string, Buffer>, base: LockedBase | null): boolean {
  return readIfAny(join(projectFolder, lockFileName)) === lockText(contents, base)
}

/** The base image that postern.lock pins; `null` for none. */
export function lockedBase(projectFolder: string): LockedBase | null {
  const text = readIfAny(join(projectFolder, lockFileName)) ?? ''
  const diagnostics = new Diagnostics()
  const base = lockedBaseIn(new SourceText(lockFileName, text), diagnostics)
  if (!diagnostics.hasErrors) return base
  throw new UsageError(`${lockFileName} cannot be read.`, `Take ${lockFileName} away and lock again, with --base for the base image.`)
}

/** The lock comes last: until it is there, a build finds that a file is not what the lock pins, and refuses. */
export function writeLock(projectFolder: string, contents: ReadonlyMap<string, Buffer>, base: LockedBase | null): void {
  refuseLink(projectFolder)
  const changes = lockChanges(projectFolder, contents)
  for (const { url, file, change } of changes) {
    if (change === 'new' || change === 'changed') replaceFile(join(projectFolder, file), contents.get(url)!)
  }
  const text = lockText(contents, base)
  if (text === null) rmSync(join(projectFolder, lockFileName), { force: true })
  else if (!isLocked(projectFolder, contents, base)) replaceFile(join(projectFolder, lockFileName), text)
  for (const { file, change } of changes) if (change === 'gone') rmSync(join(projectFolder, file))
}

/** What a link leads to is none of the project's: files there would be replaced, and taken away. */
export function refuseLink(projectFolder: string): void {
  const status = lstatSync(join(projectFolder, lockedFolder), { throwIfNoEntry: false })
  if (status === undefined || status.isDirectory()) return
  throw new UsageError(`${lockedFolder} in the project is not a folder.`, 'Take it away: `postern lock` makes it.')
}

/** YAML; JSON's text of an address is YAML's as well. `null` where nothing is pinned. */
function lockText(contents: ReadonlyMap<string, Buffer>, base: LockedBase | null): string | null {
  if (contents.size === 0 && base === null) return null
  const entries = [...contents].map(
    ([url, content]) => `  ${JSON.stringify(url)}:\n    file: ${lockedFileName(url)}\n    digest: ${digestOf(content)}\n`,
  )
  const documents = entries.length === 0 ? 'documents: {}\n' : `documents:\n${entries.join('')}`
  return heading + (base === null ? '' : baseText(base)) + documents
}

function baseText({ digest, fetched }: LockedBase): string {
  if (fetched === null) return `base: ${digest}\n`
  const platforms = fetched.platforms === null ? '' : `  platforms: ${fetched.platforms}\n`
  return `base:\n  image: ${JSON.stringify(fetched.image)}\n${platforms}  digest: ${digest}\n`
}

/** Files that this command has written. */
function lockedFiles(projectFolder: string): readonly string[] {
  try {
    const names = readdirSync(join(projectFolder, lockedFolder), { withFileTypes: true })
    return names
      .filter((each) => each.isFile() && /-[0-9a-f]{12}(?:\.[a-z]+)?$/.test(each.name))
      .map((each) => `${lockedFolder}/${each.name}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function replaceFile(file: string, content: Buffer | string): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.tmp`
  // Made anew, so that nothing is written through a link.
  rmSync(temporary, { force: true })
  writeFileSync(temporary, content, { flag: 'wx' })
  renameSync(temporary, file)
}

function readIfAny(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
