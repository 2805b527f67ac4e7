import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'

test('a rule that protects something cannot be waived', () => {
  const files = apiWith('paths: { /pets: { get: {} } }\n')
  const waiver = 'waivers:\n  - { rule: unsecured-operation, at: "#/paths", reason: in a hurry, until: 2027-06-30 }\n'
  assert.deepEqual(diagnose({ ...files, 'postern.yaml': files['postern.yaml'] + waiver }), [
    'api.yaml:3:19 error unsecured-operation #/paths/~1pets/get',
    'postern.yaml:7:13 error waiver-not-allowed #/waivers/0/rule',
  ])
})
