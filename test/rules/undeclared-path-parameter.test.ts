import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

const api = (parameters: string, operation: string): string => `paths:
  /pets/{id}/{part}.json:
    parameters: [${parameters}]
    get:
      security: []
      parameters: [${operation}]
components: { parameters: { id: { in: path, name: id } } }
`
const id = '{ in: path, name: id }'
const part = '{ in: path, name: part }'

test('every parameter of the path is declared, by the path, the operation or a component', () => {
  assert.deepEqual(diagnose(apiWith(api(`${id}, ${part}`, ''))), [])
  assert.deepEqual(diagnose(apiWith(api(id, part))), [])
  assert.deepEqual(diagnose(apiWith(api(part, "{ $ref: '#/components/parameters/id' }"))), [])
})

test('one that is not is reported at the operation', () => {
  const finding = ['api.yaml:6:5 error undeclared-path-parameter #/paths/~1pets~1%7Bid%7D~1%7Bpart%7D.json/get']
  assert.deepEqual(diagnose(apiWith(api(id, ''))), finding)
  assert.deepEqual(diagnose(apiWith(api(id, '{ in: query, name: part }'))), finding)
  assert.deepEqual(diagnose(apiWith(api(id, '{ in: path, name: Part }'))), [
    ...finding,
    'api.yaml:8:20 warning unused-path-parameter #/paths/~1pets~1%7Bid%7D~1%7Bpart%7D.json/get/parameters/0',
  ])
})

test('where a parameter cannot be read, none is called missing', () => {
  const found = diagnose(apiWith(api(id, "{ $ref: '#/components/parameters/part' }")))
  assert.deepEqual(found, ['api.yaml:8:28 error unresolved-ref #/paths/~1pets~1%7Bid%7D~1%7Bpart%7D.json/get/parameters/0/$ref'])
})
