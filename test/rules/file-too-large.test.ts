import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

test('a file over 20 MB is not read', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': Buffer.alloc(20_000_001, '#') })
  assert.deepEqual(found, ['postern.yaml:4:17 error file-too-large #/apis/0/definition'])
})

test('YAML that would take the parser long is given up where its bound is', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': `x-data:\n${'- a\n'.repeat(400_000)}` })
  assert.deepEqual(found, ['api.yaml:400001:2 error file-too-large #'])
})

test('JSON with more values than fit into memory is given up where its bound is', () => {
  const { 'postern.yaml': project } = soundFiles
  const found = diagnose({ 'postern.yaml': project.replace('api.yaml', 'api.json'), 'api.json': `[${'0,'.repeat(1_000_000)}0]` })
  assert.deepEqual(found, ['api.json:1:2000000 error file-too-large #/999999'])
})
