import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const project = { 'postern.yaml': soundFiles['postern.yaml'].replace('api.yaml', 'api.json') }

test('a syntax error is reported where it stands', () => {
  const found = diagnose({ ...project, 'api.json': '{\n  "openapi": "3.0.3",\n  "info": { "title": "A", }\n}' })
  assert.deepEqual(found, ['api.json:3:27 error malformed-json #/info'])
})

test('what YAML allows and JSON does not is refused', () => {
  assert.deepEqual(diagnose({ ...project, 'api.json': 'openapi: 3.0.3' }), ['api.json:1:1 error malformed-json #'])
  assert.deepEqual(diagnose({ ...project, 'api.json': '{"a": 1} // done' }), ['api.json:1:10 error malformed-json #'])
})
