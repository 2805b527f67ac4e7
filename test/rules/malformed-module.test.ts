import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

const lines = 'extensions: { validateScopes: extensions/scopes.ts }\n'

test('a module that cannot be parsed', () => {
  const text = 'export function validateScopes() {\n  return ;;;) }\n'
  assert.deepEqual(diagnose(projectWith(lines, { 'extensions/scopes.ts': text })), ['extensions/scopes.ts:2:13 error malformed-module #'])
})

test('a module that is not text', () => {
  const bytes = Buffer.from([0x65, 0x0a, 0xff, 0xfe])
  assert.deepEqual(diagnose(projectWith(lines, { 'extensions/scopes.ts': bytes })), ['extensions/scopes.ts:2:1 error malformed-module #'])
})
