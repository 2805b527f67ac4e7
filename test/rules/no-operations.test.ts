import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'

test('a definition in which nothing can be called', () => {
  assert.deepEqual(diagnose(apiWith('paths: {}\n')), ['api.yaml:1:1 warning no-operations #'])
})
