import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const withProperty = (name: string): string =>
  `${soundFiles['api.yaml']}components:\n  schemas:\n    Evil:\n      properties:\n        ${name}: { type: string }\n`

test('`__proto__` is refused as a key, in YAML and JSON', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': withProperty('__proto__') })
  assert.deepEqual(found, ['api.yaml:12:9 error forbidden-key #/components/schemas/Evil/properties/__proto__'])
  const json = diagnose({
    'postern.yaml': soundFiles['postern.yaml'].replace('api.yaml', 'api.json'),
    'api.json': '{"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "__proto__": {"security": []}}',
  })
  assert.deepEqual(json, ['api.json:1:62 error forbidden-key #/__proto__'])
})

test('a property may be called `constructor`, `prototype` or `toString`', () => {
  for (const name of ['constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': withProperty(name) }), [], name)
  }
})
