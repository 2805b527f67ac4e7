import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const nested = (levels: number): string => `${soundFiles['api.yaml']}x-data: ${'['.repeat(levels)}${']'.repeat(levels)}\n`

test('nesting is bounded', () => {
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': nested(400) }), [])
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': nested(100_000) }), ['api.yaml:8:508 error too-deep #'])
})

test('in every way that YAML has of nesting', () => {
  for (const text of ['- ', '? ', '{a: ', '[a: ']) {
    const found = diagnose({ ...soundFiles, 'api.yaml': text.repeat(100_000) })
    assert.match(found.join(), /^api.yaml:\d+:\d+ error too-deep #$/, text)
  }
})

test('and in JSON', () => {
  const project = soundFiles['postern.yaml'].replace('api.yaml', 'api.json')
  const found = diagnose({ 'postern.yaml': project, 'api.json': '['.repeat(100_000) })
  assert.deepEqual(found, [`api.json:1:501 error too-deep #${'/0'.repeat(500)}`])
})
