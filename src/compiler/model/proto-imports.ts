/** Imports of .proto files: every one must lead to a file of the project, as every `$ref` of a definition must. */
import { posix } from 'node:path'
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import type { ProtoFile } from '../source/proto-file.ts'
import type { Sources } from '../source/sources.ts'

/** Google's own files are part of every compiler, and WSO2's toolkit brings the file that declares its options. */
const broughtAlong = /^google\/protobuf\/[a-z_]+\.proto$|^(?:wso2\/)?wso2_options\.proto$/

const maximumFiles = 1000

/** Reads what a definition imports, and what that imports. What is missing, malformed or imports itself is reported. */
export function checkImports(definition: ProtoFile, sources: Sources, diagnostics: Diagnostics): void {
  const folders = foldersAbove(definition.source.file)
  const known = new Map<string, ProtoFile>()
  const open = new Set([definition.source.file])
  visit(definition, 0)

  function visit(file: ProtoFile, depth: number): void {
    for (const { text, offset } of file.imports) {
      if (broughtAlong.test(text)) continue
      const at = file.source.locate(offset, '#')
      const path = find(text, at)
      if (path === null) continue
      if (open.has(path) || depth > 100) {
        diagnostics.report('cyclic-ref', at, `the import of \`${shown(text)}\` leads back to a file that imports it`, 'Break the cycle.')
        continue
      }
      if (known.has(path)) continue
      if (known.size >= maximumFiles) {
        diagnostics.report('file-too-large', at, `over ${maximumFiles} files are imported`, 'Import fewer files.')
        return
      }
      const imported = sources.proto(path, at)
      if (imported === null) continue
      known.set(path, imported)
      open.add(path)
      visit(imported, depth + 1)
      open.delete(path)
    }
  }

  /** As with `protoc`, one folder is where imports begin: the definition's, or the nearest above it that has the file. */
  function find(text: string, at: Location): string | null {
    if (text.startsWith('/') || text.includes('\\') || text.split('/').includes('..')) {
      diagnostics.report('outside-project', at, `the import \`${shown(text)}\` is no plain path inside the project`)
      return null
    }
    const path = folders.map((folder) => posix.join(folder, text)).find((candidate) => sources.has(candidate))
    if (path !== undefined) return path
    const hint = 'Put the file into the folder of the definition, or into one above it inside the project.'
    diagnostics.report('unresolved-ref', at, `the import \`${shown(text)}\` names a file that does not exist`, hint)
    return null
  }
}

/** The folder of a file, and all above it up to the project's, which is `.`. */
function foldersAbove(file: string): readonly string[] {
  const folders = [posix.dirname(file)]
  while (folders.at(-1) !== '.' && folders.length < 50) folders.push(posix.dirname(folders.at(-1)!))
  return folders
}

function shown(text: string): string {
  return text.slice(0, 200)
}
