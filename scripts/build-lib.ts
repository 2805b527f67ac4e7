/**
 * Makes lib/, the JavaScript that the published package runs: src/ with the types taken out and nothing else changed. Layout stays as
 * it is, because the layout of the gateway's modules shows in a bundle, which must be the same from a checkout and from the package.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

export function buildLib(source: string, target: string): void {
  rmSync(target, { recursive: true, force: true })
  for (const name of globSync('**/*.ts', { cwd: source })) {
    const file = join(target, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, withJavaScriptImports(stripTypeScriptTypes(readFileSync(join(source, name), 'utf8'))))
  }
}

/** Relative imports name the file that there will be. */
function withJavaScriptImports(code: string): string {
  return code.replace(/^(.*\b(?:from |import\()'\.{1,2}\/[^']*)\.ts'/gm, "$1.js'")
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  buildLib(join(root, 'src'), join(root, 'lib'))
}
