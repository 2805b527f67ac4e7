import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

test('a $ref to the network is refused, whatever its scheme', () => {
  for (const reference of [
    'https://example.com/a.yaml#/A',
    'http://example.com/',
    '//example.com/a.yaml',
    'file:///etc/passwd',
    'urn:a:b',
  ]) {
    const found = diagnose({
      ...soundFiles,
      'api.yaml': `${soundFiles['api.yaml']}components: { schemas: { A: { $ref: '${reference}' } } }\n`,
    })
    assert.deepEqual(found, ['api.yaml:8:37 error remote-ref #/components/schemas/A/$ref'], reference)
  }
})
