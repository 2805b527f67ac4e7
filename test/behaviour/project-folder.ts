/** A project in a folder of its own. A section makes one before its tests, and removes it after them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Content by path within the project. */
export type ProjectFiles = Readonly<Record<string, string | Buffer>>

export class ProjectFolder {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'postern-project-'))

  /** `fixture`: a folder beside this module, of which everything is there as well. */
  constructor(files: ProjectFiles, fixture: string | null = null) {
    if (fixture !== null) cpSync(join(import.meta.dirname, fixture), this.folder, { recursive: true })
    this.write(files)
  }

  write(files: ProjectFiles): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
