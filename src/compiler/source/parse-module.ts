/** What a TypeScript module imports and exports: esbuild reads it, as it will when the gateway is made. */
import { type BuildFailure, buildSync, type Metafile } from 'esbuild'
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from './location.ts'
import type { SourceText } from './source-text.ts'

export type ModuleImport = { readonly path: string; readonly at: Location; readonly kind: 'static' | 'other' }

export type ModuleOutline = { readonly imports: readonly ModuleImport[]; readonly exports: readonly string[] }

/** Imports of types alone are gone when the gateway is made, and are left out. `null` for what cannot be read, which is reported. */
export function parseModule(source: SourceText, diagnostics: Diagnostics): ModuleOutline | null {
  try {
    const { metafile, outputFiles } = buildSync({
      stdin: { contents: source.content, sourcefile: 'module.ts', loader: 'ts' },
      bundle: true,
      external: ['*'],
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      absWorkingDir: import.meta.dirname,
      tsconfigRaw: { compilerOptions: { target: 'ESNext', verbatimModuleSyntax: true } },
    })
    return outlineOf(metafile, outputFiles[0]?.text ?? '', source)
  } catch (error) {
    const [first] = errorsOf(error)
    if (first === undefined) throw error
    const at = { file: source.file, line: first.line, column: first.column + 1, pointer: '#' }
    diagnostics.report('malformed-module', at, first.text)
    return null
  }
}

const importCall = /\bimport\s*\(/

function outlineOf({ inputs, outputs }: Metafile, code: string, source: SourceText): ModuleOutline {
  const [output] = Object.values(outputs)
  const all = Object.values(inputs).flatMap(({ imports }) => imports)
  const imports = all.map(({ path, kind }): ModuleImport => {
    // A path with a star stands for files that are found while the gateway runs.
    return { path, at: placeOf(path, source), kind: kind === 'import-statement' && !path.includes('*') ? 'static' : 'other' }
  })
  // An import of something that is worked out stands in no list.
  if (importCall.test(code) && imports.every(({ kind }) => kind === 'static')) {
    const at = source.locate(Math.max(source.content.search(importCall), 0), '#')
    imports.push({ path: 'import', at, kind: 'other' })
  }
  return { imports, exports: output?.exports ?? [] }
}

/** The bundler does not say where an import stands. */
function placeOf(path: string, source: SourceText): Location {
  const offset = [`'${path}'`, `"${path}"`, path].map((text) => source.content.indexOf(text)).find((position) => position !== -1) ?? 0
  return source.locate(offset, '#')
}

function errorsOf(error: unknown): readonly { readonly text: string; readonly line: number; readonly column: number }[] {
  if (!(error instanceof Error) || !('errors' in error)) return []
  return (error as BuildFailure).errors.map(({ text, location }) => ({ text, line: location?.line ?? 1, column: location?.column ?? 0 }))
}
