import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const api = soundFiles['api.yaml']

test('a second equal key is reported with the place of the first, in YAML', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': api.replace('security: []', 'security: []\n      security: [{ token: [] }]') })
  assert.deepEqual(found, ['api.yaml:7:7 error duplicate-key #/paths/~1pets/get/security'])
})

test('and in JSON', () => {
  const found = diagnose({
    'postern.yaml': soundFiles['postern.yaml'].replace('api.yaml', 'api.json'),
    'api.json': '{"openapi": "3.1.0", "info": {"title": "A", "version": "1"},\n "paths": {},\n "paths": {}}',
  })
  assert.deepEqual(found, ['api.json:3:2 error duplicate-key #/paths'])
})

test('a key that stands in for another one through a merge is no duplicate', () => {
  const merged = `x-common: &common { security: [{ token: [] }] }\n${api.replace('security: []', '<<: *common\n      security: []')}`
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': merged }), [])
})
