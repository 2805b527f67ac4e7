import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'

const project = { 'postern.yaml': 'name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n' }

test('an API without a backend is reported once', () => {
  const files = apiWith('paths:\n  /pets: { get: { security: [] }, put: { security: [] } }\n', project)
  assert.deepEqual(diagnose(files), ['api.yaml:1:1 error no-backend #'])
})

test('an operation without a backend, where others have one', () => {
  const files = apiWith(
    'paths:\n  /a: { get: { security: [], x-postern: { backend: "http://127.0.0.1:9000" } } }\n  /b: { get: { security: [] } }\n',
    project,
  )
  assert.deepEqual(diagnose(files), ['api.yaml:5:9 error no-backend #/paths/~1b/get'])
})

test('a sandbox backend is a backend', () => {
  const sandbox = { 'postern.yaml': `${project['postern.yaml']}    sandboxBackend: http://127.0.0.1:9001\n` }
  assert.deepEqual(diagnose(apiWith('paths:\n  /a: { get: { security: [] } }\n', sandbox)), [])
})
