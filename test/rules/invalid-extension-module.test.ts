/** Modules of the project that would become part of the gateway. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { examine } from '../../src/compiler/compile.ts'
import { diagnose, type ProjectFiles, projectWith, soundFiles } from './check-project.ts'

const exported = 'export const validateScopes = () => true\n'

function project(module: string, others: ProjectFiles = {}, file = 'extensions/scopes.ts'): ProjectFiles {
  return projectWith(`extensions: { validateScopes: "${file}" }\n`, { 'extensions/scopes.ts': module, ...others })
}

test('modules that are sound', () => {
  assert.deepEqual(diagnose(project(exported)), [])
  assert.deepEqual(diagnose(project("export { validateScopes } from './lib/a.js'\n", { 'extensions/lib/a.js': exported })), [])
  const all = `import type { ScopesAnswer } from 'postern/extension'
import { createHash } from 'node:crypto'
import { other } from './other.mjs'
/** An import('x') that is none. */
export async function validateScopes(): Promise<ScopesAnswer> { return other === createHash }
`
  const circle = "import './scopes.ts'\nexport const other = 1\n"
  assert.deepEqual(diagnose(project(all, { 'extensions/other.mjs': circle })), [])
})

test('a module without the function of its step', () => {
  for (const text of [
    '',
    'export const validateToken = () => true\n',
    'const validateScopes = 1\n',
    `${exported.replace('export ', '')}`,
  ]) {
    assert.deepEqual(diagnose(project(text)), ['postern.yaml:6:31 error invalid-extension-module #/extensions/validateScopes'], text)
  }
  assert.deepEqual(diagnose(project("export * from './a.ts'\n", { 'extensions/a.ts': exported })), [
    'postern.yaml:6:31 error invalid-extension-module #/extensions/validateScopes',
  ])
})

test('modules that stand elsewhere, or have names that are no plain names', () => {
  for (const file of [
    'scopes.ts',
    'lib/scopes.ts',
    './extensions/../scopes.ts',
    'extensions/../../scopes.ts',
    '/etc/passwd',
    'extensions/scopes.json',
    'extensions/.hidden.ts',
    "extensions/a'b.ts",
    'extensions/a b.ts',
    'extensions/\\u0000.ts',
    'https://example.com/scopes.ts',
    'extensions',
    '../extensions/scopes.ts',
  ]) {
    const found = diagnose(project(exported, {}, file))
    assert.deepEqual(found, ['postern.yaml:6:31 error invalid-extension-module #/extensions/validateScopes'], file)
  }
})

test('imports of what cannot be in a gateway', () => {
  for (const path of [
    'node:fs',
    'fs',
    'crypto',
    'node:child_process',
    'node:net',
    'node:module',
    'node:vm',
    'node:worker_threads',
    'left-pad',
    'postern/extension',
    'postern:gateway/main',
    'project:extensions/a.ts',
    'package:jose/index.js',
    '/etc/passwd',
    'https://example.com/a.ts',
    'data:text/javascript,0',
    '#internal',
    '../scopes.ts',
    '../../outside.ts',
    './a.json',
  ]) {
    const found = diagnose(project(`${exported}import '${path}'\n`, { 'scopes.ts': exported, 'extensions/a.json': '{}' }))
    assert.deepEqual(found, ['extensions/scopes.ts:2:8 error invalid-extension-module #'], path)
  }
})

test('imports while the gateway runs', () => {
  const a = { 'extensions/a.ts': '' }
  for (const code of [
    "await import('./a.ts')",
    'await import(`./${Math.random()}.ts`)',
    "require('node:fs')",
    "require.resolve('./a.ts')",
  ]) {
    const found = diagnose(project(`${exported}export const a = ${code}\n`, a))
    assert.equal(found.length, 1, code)
    assert.match(found[0] ?? '', /^extensions\/scopes\.ts:[12]:\d+ error invalid-extension-module #$/, code)
  }
})

test('a module that is not there', () => {
  assert.deepEqual(diagnose(project(`import './none.ts'\n${exported}`)), ['extensions/scopes.ts:1:8 error unreadable-file #'])
})

test('links that lead out of the project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-extension-'))
  try {
    const inside = join(folder, 'project')
    mkdirSync(join(inside, 'extensions'), { recursive: true })
    mkdirSync(join(folder, 'outside'))
    writeFileSync(join(folder, 'outside', 'a.ts'), exported)
    symlinkSync(join(folder, 'outside'), join(inside, 'extensions', 'linked'))
    symlinkSync(join(folder, 'outside', 'a.ts'), join(inside, 'extensions', 'a.ts'))
    writeFileSync(join(inside, 'extensions', 'b.ts'), `import './linked/a.ts'\n${exported}`)
    for (const [name, text] of Object.entries(soundFiles)) writeFileSync(join(inside, name), text)
    for (const file of ['extensions/a.ts', 'extensions/linked/a.ts', 'extensions/b.ts']) {
      writeFileSync(join(inside, 'postern.yaml'), `${soundFiles['postern.yaml']}extensions: { validateScopes: ${file} }\n`)
      const { diagnostics } = examine({ projectFolder: inside, now: new Date('2026-06-15') })
      assert.deepEqual(
        diagnostics.sorted.map(({ code }) => code),
        ['outside-project'],
        file,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
