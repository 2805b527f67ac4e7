import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const api = soundFiles['api.yaml']

test('references that lead only to each other are reported', () => {
  const schemas = `components:\n  schemas:\n    A: { $ref: '#/components/schemas/B' }\n    B: { $ref: '#/components/schemas/A' }\n`
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': api + schemas }), [
    'api.yaml:10:16 error cyclic-ref #/components/schemas/A/$ref',
    'api.yaml:11:16 error cyclic-ref #/components/schemas/B/$ref',
  ])
})

test('also through another file, and for a path item', () => {
  const found = diagnose({
    ...soundFiles,
    'api.yaml': `${api}  /dogs: { $ref: 'dogs.yaml' }\n`,
    'dogs.yaml': `$ref: 'api.yaml#/paths/~1dogs'\n`,
  })
  assert.deepEqual(found, ['api.yaml:8:18 error cyclic-ref #/paths/~1dogs/$ref'])
})

test('a schema that contains itself is legal', () => {
  const tree = `components:\n  schemas:\n    Tree: { properties: { children: { items: { $ref: '#/components/schemas/Tree' } } } }\n`
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': api + tree }), [])
})
