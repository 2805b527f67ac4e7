/** Every file that ARCHITECTURE.md names exists. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
/** Where a name may be meant from. */
const places = ['.', 'src', 'src/compiler', 'src/gateway', 'src/contract', 'src/cli']

test('every file that ARCHITECTURE.md names exists', () => {
  const names = namesIn(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))
  assert.ok(names.length > 20, 'the document names the files that matter')
  assert.deepEqual(
    names.filter((name) => !exists(name)),
    [],
  )
})

/** Code spans that look like a file or a folder: `src/cli/`, `pipeline.ts`, `rules/{a,b}.ts`. */
function namesIn(markdown: string): readonly string[] {
  const spans = [...markdown.matchAll(/`([^`\s]+)`/g)].map(([, text = '']) => text)
  const files = spans.filter((text) => /^[\w.{},/-]+$/.test(text) && (/\/$/.test(text) || /\.(?:ts|js|json|md|hbs|yaml|mjs)$/.test(text)))
  return files.flatMap(expanded).filter((name) => !builtByPostern.has(name))
}

/** What a user has, not this repository. */
const builtByPostern: ReadonlySet<string> = new Set([
  'gateway.mjs',
  'manifest.json',
  'plan.json',
  'entry.ts',
  'postern.yaml',
  'policies.yaml',
  'dist/',
])

/** `a/{b,c}.ts` stands for two files. */
function expanded(name: string): readonly string[] {
  const braces = /^(.*)\{([^{}]*)\}(.*)$/.exec(name)
  if (braces === null) return [name]
  const [, before = '', choices = '', after = ''] = braces
  return choices.split(',').flatMap((choice) => expanded(`${before}${choice}${after}`))
}

function exists(name: string): boolean {
  if (places.some((place) => existsSync(join(root, place, name)))) return true
  return !name.includes('/') && globSync(`{src,test,scripts,bin,docs,templates}/**/${name}`, { cwd: root }).length > 0
}
