/** Checks a project that a test writes down, and says what was found, in the order of the report. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { examine } from '../../src/compiler/compile.ts'
import type { Diagnostic } from '../../src/compiler/diagnostics.ts'

export type ProjectFiles = Readonly<Record<string, string | Buffer>>

/** The day on which projects are checked, unless a test says another. */
export const today: Date = new Date('2026-06-15T12:00:00Z')

/** Each finding as `file:line:column severity code pointer`. */
export function diagnose(files: ProjectFiles, now: Date = today, frozen: boolean = false): readonly string[] {
  return findings(files, now, frozen).map(
    ({ at, severity, code }) => `${at.file}:${at.line}:${at.column} ${severity} ${code} ${at.pointer}`,
  )
}

/** The findings themselves, for what they say. */
export function findings(files: ProjectFiles, now: Date = today, frozen: boolean = false): readonly Diagnostic[] {
  const folder = mkdtempSync(join(tmpdir(), 'postern-rule-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    return examine({ projectFolder: folder, now, frozen }).diagnostics.sorted
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const soundProject = `name: sample
version: 1.0.0
apis:
  - definition: api.yaml
    backend: http://127.0.0.1:9000
`

const soundApi = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
paths:
  /pets:
    get:
      security: []
      responses: { '200': { description: fine } }
`

/** A project without a fault, with lines added to postern.yaml from line 6 on, and with other or further files. */
export function projectWith(lines: string, files: ProjectFiles = {}): ProjectFiles {
  return { 'postern.yaml': soundProject + lines, 'api.yaml': soundApi, ...files }
}

/** Such a project with another definition: what follows `info`, from line 3 on. */
export function apiWith(lines: string, files: ProjectFiles = {}): ProjectFiles {
  return projectWith('', { 'api.yaml': soundApi.slice(0, soundApi.indexOf('paths:')) + lines, ...files })
}

/** The files of the sound project, for tests that change their text. */
export const soundFiles: { readonly 'postern.yaml': string; readonly 'api.yaml': string } = {
  'postern.yaml': soundProject,
  'api.yaml': soundApi,
}
