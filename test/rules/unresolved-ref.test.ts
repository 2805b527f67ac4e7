import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const api = soundFiles['api.yaml']
const withSchema = (schema: string): string =>
  `${api}components:\n  schemas:\n    A: ${schema}\n    B: { $id: b, $anchor: here, type: object }\n`

test('a $ref that points to nothing is reported at its value, wherever it stands', () => {
  const { 'postern.yaml': project } = soundFiles
  for (const reference of [
    '#/components/schemas/C',
    '#/components/schemas/B/type/x',
    '#no-anchor',
    'missing.yaml#/A',
    'other.yaml#/A',
    '#/%zz',
  ]) {
    const found = diagnose({ 'postern.yaml': project, 'api.yaml': withSchema(`{ $ref: '${reference}' }`), 'other.yaml': '{}' })
    assert.deepEqual(found, ['api.yaml:10:16 error unresolved-ref #/components/schemas/A/$ref'], reference)
  }
})

test('a $ref is followed by pointer, percent-encoded pointer, anchor and file', () => {
  for (const reference of ['#/components/schemas/B', '#/components/schem%61s/B', '#here', 'other.yaml#/a~1b/0', './x/../other.yaml', '#']) {
    const found = diagnose({ ...soundFiles, 'api.yaml': withSchema(`{ $ref: '${reference}' }`), 'other.yaml': 'a/b: [{ type: string }]' })
    assert.deepEqual(found, [], reference)
  }
})

test('a $ref of another file is relative to that file, and is checked as well', () => {
  const found = diagnose({
    ...soundFiles,
    'api.yaml': withSchema(`{ $ref: 'schemas/a.yaml' }`),
    'schemas/a.yaml': 'properties:\n  b: { $ref: b.yaml }\n',
    'schemas/b.yaml': 'items: { $ref: c.yaml }\n',
  })
  assert.deepEqual(found, ['schemas/b.yaml:1:16 error unresolved-ref #/items/$ref'])
})

test('a path item that is not there is reported once, and so is a parameter', () => {
  const found = diagnose({
    ...soundFiles,
    'api.yaml': `${api}  /dogs:\n    $ref: '#/components/pathItems/dogs'\n`.replace(
      'security: []',
      "security: []\n      parameters: [{ $ref: '#/components/parameters/x' }]",
    ),
  })
  assert.deepEqual(found, [
    'api.yaml:7:28 error unresolved-ref #/paths/~1pets/get/parameters/0/$ref',
    'api.yaml:10:11 error unresolved-ref #/paths/~1dogs/$ref',
  ])
})

test('what only looks like a $ref is data', () => {
  const data = [
    `{ example: { $ref: '#/nowhere' } }`,
    `{ enum: [{ $ref: '#/nowhere' }], default: { $ref: '#/nowhere' } }`,
    `{ x-note: { $ref: '#/nowhere' } }`,
    `{ examples: [{ $ref: '#/nowhere' }] }`,
    `{ properties: { $ref: { type: string } } }`,
  ]
  for (const schema of data) assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': withSchema(schema) }), [], schema)
})

test('a property that is called like a keyword is still a schema', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': withSchema(`{ properties: { example: { $ref: '#/nowhere' } } }`) })
  assert.deepEqual(found, ['api.yaml:10:41 error unresolved-ref #/components/schemas/A/properties/example/$ref'])
})

test('an endpoint that is referred to by name must be there', () => {
  const found = diagnose({ ...soundFiles, 'api.yaml': `${api}x-wso2-production-endpoints: '#/x-wso2-endpoints/main'\n` })
  assert.deepEqual(found, ['api.yaml:8:30 error unresolved-ref #/x-wso2-production-endpoints'])
})

test('a $ref that is no text, where a reference may stand, hides nothing', () => {
  const item = (lines: string): readonly string[] => diagnose({ ...soundFiles, 'api.yaml': `${api}${lines}` })
  assert.deepEqual(item('  /a: { $ref: 12 }\n'), ['api.yaml:8:15 error unresolved-ref #/paths/~1a/$ref'])
  assert.deepEqual(item("  /a: { $ref: '#/x' }\nx: { $ref: [a] }\n"), ['api.yaml:9:12 error unresolved-ref #/x/$ref'])
  assert.deepEqual(item('  /a: { get: { security: [], parameters: [{ $ref: null }] } }\n'), [
    'api.yaml:8:51 error unresolved-ref #/paths/~1a/get/parameters/0/$ref',
  ])
  assert.deepEqual(item('  /a: { get: { security: [{ s: [] }] } }\ncomponents: { securitySchemes: { s: { $ref: 12 } } }\n'), [
    'api.yaml:9:45 error unresolved-ref #/components/securitySchemes/s/$ref',
  ])
  assert.deepEqual(item('  /a: { get: { security: [], $ref: 12 } }\n'), ['api.yaml:8:14 error invalid-definition #/paths/~1a/get'])
})

test('a property may be called $ref', () => {
  const files = { ...soundFiles, 'api.yaml': withSchema('{ type: object, properties: { $ref: { type: string } } }') }
  assert.deepEqual(diagnose(files), [])
})
