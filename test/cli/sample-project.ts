/** A project on disk, as `postern init` makes it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { scaffold } from '../../src/cli/project-scaffold.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export function sampleProject(test: TestContext): string {
  const folder = temporaryFolder(test)
  for (const { path, content } of scaffold('bookshop', null)) writeProjectFile(folder, path, content)
  return folder
}

export function writeProjectFile(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}
