import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

const second = '  - { definition: b.yaml, backend: http://127.0.0.1:9000 }\n'

function definition(title: string, path: string): string {
  return `openapi: 3.0.3\ninfo: { title: ${title}, version: 1.0.0 }\npaths:\n  ${path}: { get: { security: [] } }\n`
}

test('two APIs with the same title and version', () => {
  const files = projectWith(second, { 'b.yaml': definition('Sample', '/other') })
  assert.deepEqual(diagnose(files), ['b.yaml:1:1 error duplicate-api #'])
  assert.equal(findings(files)[0]?.message, 'the API has the same title and version as the one of `api.yaml`')
})

test('two APIs with the same routes are reported once, not for each route', () => {
  const files = projectWith(second, { 'b.yaml': definition('Other', '/pets') })
  assert.deepEqual(diagnose(files), ['b.yaml:1:1 error duplicate-api #'])
  assert.equal(findings(files)[0]?.message, 'the API has the same routes as the one of `api.yaml`')
})

test('the hint says what must differ', () => {
  const hint = (files: ProjectFiles): string | undefined => findings(files)[0]?.hint
  assert.match(
    hint(projectWith('  - { definition: api.yaml, basePath: /b, backend: http://127.0.0.1:9000 }\n')) ?? '',
    /^Another base path is not enough/,
  )
  assert.match(hint(projectWith(second, { 'b.yaml': definition('Other', '/pets') })) ?? '', /own base path/)
  assert.match(hint(projectWith(second, { 'b.yaml': definition('Sample', '/pets') })) ?? '', /`info\.version` and also its base path/)
})
