import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

test('every syntax error of a file is found in one run', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': 'openapi: 3.0.3\ninfo: a: b\npaths: @x\n' })
  assert.deepEqual(found, ['api.yaml:2:7 error malformed-yaml #', 'api.yaml:3:8 error malformed-yaml #'])
})

test('a second document is refused', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': `${soundFiles['api.yaml']}---\nsecond: document\n` })
  assert.deepEqual(found, ['api.yaml:8:1 error malformed-yaml #'])
})

test('an unknown tag is refused: what it stands for would be missing', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': `${soundFiles['api.yaml']}components: !include components.yaml\n` })
  assert.deepEqual(found, ['api.yaml:8:13 error malformed-yaml #'])
})

test('an alias without its anchor, or inside it, is refused', () => {
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': 'a: *nowhere\n' }), ['api.yaml:1:4 error malformed-yaml #/a'])
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': 'a: &a [*a]\n' }), ['api.yaml:1:8 error malformed-yaml #/a/0'])
})

test('what is not UTF-8 is reported with its line', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': Buffer.from('openapi: 3.0.3\ninfo: { title: caf\xe9 }\n', 'latin1') })
  assert.deepEqual(found, ['api.yaml:2:1 error malformed-yaml #'])
})
