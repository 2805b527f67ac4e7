import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const definition = (place: string): string => soundFiles['postern.yaml'].replace('api.yaml', place)
const finding = ['postern.yaml:4:17 error outside-project #/apis/0/definition']

test('a definition outside the project folder is refused', () => {
  assert.deepEqual(diagnose({ 'postern.yaml': definition('../api.yaml') }), finding)
  assert.deepEqual(diagnose({ 'postern.yaml': definition('inner/../../api.yaml') }), finding)
  assert.deepEqual(diagnose({ 'postern.yaml': definition('/etc/passwd') }), finding)
})

test('a $ref out of the project folder is refused, percent-encoded or not', () => {
  const api = soundFiles['api.yaml']
  for (const reference of ['../../etc/passwd', '/etc/passwd', '%2e%2e/%2e%2e/etc/passwd', 'a/../../b.yaml#/c']) {
    const found = diagnose({ ...soundFiles, 'api.yaml': `${api}components: { schemas: { A: { $ref: '${reference}' } } }\n` })
    assert.deepEqual(found, ['api.yaml:8:37 error outside-project #/components/schemas/A/$ref'], reference)
  }
})
