/** The files of a Microgateway project: definitions and policies are taken as they are, code is not. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Json } from '../../compiler/plan/canonical.ts'
import { UsageError } from '../failures.ts'
import { readUserFile } from '../user-file.ts'
import type { Imported } from './imported.ts'
import type { Outcome } from './outcome.ts'

const mostFiles = 10_000

/** Bytes of a file, and of all that are taken over together: Postern reads no larger file. */
const most = { file: 20_000_000, all: 200_000_000 } as const

/** Reads files of one project. Throws a UsageError where they are larger than anything that Postern reads. */
export class FileReader {
  #left: number = most.all

  read(path: string): Buffer {
    const { size } = statSync(path)
    if (size > most.file)
      throw new UsageError(`${path} has ${size} bytes; at most ${most.file} are read.`, 'Split it, or take it out of the project.')
    this.#left -= size
    if (this.#left < 0) throw new UsageError(`The files to take over have more than ${most.all} bytes.`, 'Name the folder of one project.')
    return readUserFile(path)
  }
}

/** Every regular file below a folder, by path with forward slashes, sorted. Links are not followed. */
export function filesIn(folder: string): readonly string[] {
  const files: string[] = []
  const add = (within: string): void => {
    for (const name of readdirSync(join(folder, within)).toSorted()) {
      const path = within === '' ? name : `${within}/${name}`
      const status = lstatSync(join(folder, path))
      if (status.isDirectory()) add(path)
      else files.push(path)
      if (files.length > mostFiles) throw new UsageError(`${folder} holds more than ${mostFiles} files.`, 'Name the folder of one project.')
    }
  }
  add('')
  return files
}

/** Says what becomes of each file but the configuration, and takes over those that Postern reads. */
export function importFiles(folder: string, files: readonly string[], imported: Imported, reader: FileReader): void {
  const apis: Json[] = []
  for (const file of files) {
    const outcome = outcomeOf(file, lstatSync(join(folder, file)).isFile())
    // What `micro-gw import` has fetched may have the name of a definition that was written by hand.
    const target = outcome.target !== null && imported.files.has(outcome.target) ? file : outcome.target
    imported.outcomes.push({ what: file, at: file, ...outcome })
    if (outcome.kind === 'not-supported' || target === null) continue
    imported.files.set(target, reader.read(join(folder, file)))
    if (outcome.api) apis.push({ definition: target, security: 'token' })
    if (target === 'policies.yaml') imported.project.policies = target
  }
  imported.project.apis = apis
}

type FileOutcome = Pick<Outcome, 'kind' | 'how'> & { readonly target: string | null; readonly api: boolean }

function outcomeOf(file: string, isFile: boolean): FileOutcome {
  const [top = ''] = file.split('/')
  const path = top === 'gen' ? file.slice('gen/'.length) : file
  const is = (folder: string, extensions: readonly string[]): boolean =>
    path.startsWith(`${folder}/`) && extensions.includes(extname(file).toLowerCase())
  if (!isFile) return notTaken('not-supported', 'a link, or no regular file: put the file itself in its place')
  if (is('api_definitions', ['.yaml', '.yml', '.json']))
    return taken(path, true, '`apis[].definition`; where it says nothing about security, a token is asked for, as before')
  if (is('grpc_definitions', ['.proto']))
    return taken(path, true, '`apis[].definition`; name a `policy` file for what its options do not say: docs/grpc.md')
  if (file === 'policies.yaml') return taken(file, false, '`policies`')
  if (top === 'interceptors')
    return notTaken(
      'not-supported',
      'Ballerina does not run here: what it did is to be done by the backend, or by a step of key validation (docs/extensions.md)',
    )
  if (top === 'extensions') return notTaken('not-supported', 'write the step of key validation as a TypeScript module: docs/extensions.md')
  if (top === 'lib' && extname(file) === '.jar') return notTaken('not-supported', 'Java does not run here')
  if (top === 'target') return notTaken('carried', 'made by a build; `postern build` makes dist/')
  return notTaken('not-supported', 'Postern does not know what it is for')
}

function taken(target: string, api: boolean, how: string): FileOutcome {
  return { kind: 'carried', how, target, api }
}

function notTaken(kind: Outcome['kind'], how: string, target: string | null = null): FileOutcome {
  return { kind, how, target, api: false }
}
