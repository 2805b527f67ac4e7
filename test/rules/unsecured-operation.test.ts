import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, projectWith } from './check-project.ts'

const silent = 'paths:\n  /pets: { get: {} }\n'

test('an operation of which nothing says what it asks for', () => {
  assert.deepEqual(diagnose(apiWith(silent)), ['api.yaml:4:12 error unsecured-operation #/paths/~1pets/get'])
})

test('the project may say it, and so may the definition', () => {
  const files = projectWith('    security: public\n', { 'api.yaml': apiWith(silent)['api.yaml'] ?? '' })
  assert.deepEqual(diagnose(files), [])
  assert.deepEqual(diagnose(apiWith(`security: []\n${silent}`)), [])
})
