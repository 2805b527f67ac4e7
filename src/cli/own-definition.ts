/** A definition of the user's own, with the files that it refers to. */
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Diagnostics } from '../compiler/diagnostics.ts'
import { isProto } from '../compiler/model/grpc-backend.ts'
import { reachableObjects } from '../compiler/source/reachable-objects.ts'
import { follow, referenceOf } from '../compiler/source/references.ts'
import type { SourceNode } from '../compiler/source/source-node.ts'
import { Sources } from '../compiler/source/sources.ts'
import { UsageError } from './failures.ts'
import { readUserFile } from './user-file.ts'

export type DefinitionFile = {
  /** Relative to the definition's folder, with forward slashes. */ readonly path: string
  readonly content: Buffer
}

export type OwnDefinition = {
  /** Name of the definition in a new project. */
  readonly file: string
  readonly content: Buffer
  /** The files inside the definition's folder that it refers to, and those that they refer to, and so on. */
  readonly referenced: readonly DefinitionFile[]
  /** References to files elsewhere, each with its place: `openapi.yaml:12: …`. */
  readonly leavingFolder: readonly string[]
}

export function readOwnDefinition(file: string): OwnDefinition {
  if (isProto(file)) {
    throw new UsageError(
      `${file} is a .proto file.`,
      'init makes projects of OpenAPI and Swagger; docs/grpc.md has the files to begin with.',
    )
  }
  const own = { file: definitionNameFor(basename(file)), content: readUserFile(file) }
  // Beside a pipe there is nothing to refer to.
  if (!statSync(file).isFile()) return { ...own, referenced: [], leavingFolder: [] }
  const real = realpathSync(file)
  return { ...own, ...referencedFrom(dirname(real), basename(real), own.file) }
}

/** What is wrong with the references otherwise is told when the project is examined. */
function referencedFrom(folder: string, name: string, nameInProject: string): Pick<OwnDefinition, 'referenced' | 'leavingFolder'> {
  const diagnostics = new Diagnostics()
  const sources = new Sources(folder, diagnostics)
  const start = { file: name, line: 1, column: 1, pointer: '#' }
  const root = sources.document(name, start)
  if (root === null) return { referenced: [], leavingFolder: [] }
  let namesItself = false
  for (const node of reachableObjects(root, isSwagger2(root), sources, diagnostics)) {
    const reference = referenceOf(node)
    if (reference !== null && !reference.text.startsWith('#')) namesItself ||= follow(node, sources, diagnostics)?.file === name
  }
  const wanted = sources.inputs.filter(({ file }) => file !== name || (namesItself && name !== nameInProject))
  return {
    referenced: wanted.flatMap(({ file }) => {
      const content = sources.bytes(file, start)
      return content === null ? [] : [{ path: file, content }]
    }),
    leavingFolder: diagnostics.sorted
      .filter(({ code }) => code === 'outside-project')
      .map(({ at, message }) => `${at.file}:${at.line}: ${message.replace('the project folder', 'the folder of the definition')}`),
  }
}

function isSwagger2(root: SourceNode): boolean {
  return root.kind === 'object' && root.entries.has('swagger')
}

/** A file name for the user's definition that is plain in YAML and collides with no other file of the project. */
export function definitionNameFor(fileName: string): string {
  const known = /\.(?:json|ya?ml)$/i.exec(fileName)?.[0] ?? ''
  const stem = fileName.slice(0, fileName.length - known.length)
  const extension = known === '' ? '.yaml' : known.toLowerCase()
  const plain = /^[A-Za-z][A-Za-z0-9._-]*$/.test(stem) && !['postern', 'policies'].includes(stem.toLowerCase())
  return plain ? `${stem}${extension}` : `definition${extension}`
}
