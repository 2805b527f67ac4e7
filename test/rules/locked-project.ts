/** A project whose definition lies on the network, as `postern lock` leaves it. */
import { digestOf } from '../../src/compiler/digest.ts'
import { lockedFileName } from '../../src/compiler/source/locked-documents.ts'
import { type ProjectFiles, soundFiles } from './check-project.ts'

export const definitionUrl = 'https://api.example.com/specs/api.yaml'
export const definitionFile: string = lockedFileName(definitionUrl)

/** `lock`: the text of postern.lock; `null` for none. */
export function lockedProject(lock: string | null, definition: string = String(soundFiles['api.yaml'])): ProjectFiles {
  const project = String(soundFiles['postern.yaml']).replace('definition: api.yaml', `definition: ${definitionUrl}`)
  return { 'postern.yaml': project, [definitionFile]: definition, ...(lock === null ? {} : { 'postern.lock': lock }) }
}

export function lockOf(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map(
    ([url, content]) => `  ${url}:\n    file: ${lockedFileName(url)}\n    digest: ${digestOf(content)}\n`,
  )
  return `lock: 1\ndocuments:\n${lines.join('')}`
}

export const soundLock: string = lockOf({ [definitionUrl]: String(soundFiles['api.yaml']) })
