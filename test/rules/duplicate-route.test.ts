import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, projectWith } from './check-project.ts'

test('two templates that differ only in the names of their parameters are one route', () => {
  const files = apiWith(`paths:
  /pets/{id}: { get: { security: [], parameters: [{ name: id, in: path, required: true, schema: {} }] } }
  /pets/{name}: { get: { security: [], parameters: [{ name: name, in: path, required: true, schema: {} }] } }
`)
  assert.deepEqual(diagnose(files), ['api.yaml:5:19 error duplicate-route #/paths/~1pets~1%7Bname%7D/get'])
  assert.equal(findings(files)[0]?.message, '`GET /pets/{name}` (api.yaml:5) matches the same requests as `GET /pets/{id}` (api.yaml:4)')
})

test('routes are compared across APIs, base paths included', () => {
  const files = projectWith('  - { definition: b.yaml, basePath: /pets, backend: http://127.0.0.1:9000 }\n', {
    'b.yaml': `openapi: 3.0.3
info: { title: Other, version: 1.0.0 }
paths:
  /dogs: { get: { security: [] } }
  /cats: { get: { security: [] } }
`,
    'api.yaml': `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
paths:
  /pets/dogs: { get: { security: [] } }
`,
  })
  assert.deepEqual(diagnose(files), ['b.yaml:4:12 error duplicate-route #/paths/~1dogs/get'])
})
