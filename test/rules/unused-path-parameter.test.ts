import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

test('a declared path parameter that the path does not have, once for all operations of the path', () => {
  const found = diagnose(
    apiWith(`paths:
  /pets:
    parameters:
      - { in: path, name: id }
    get: { security: [] }
    put: { security: [], parameters: [{ in: path, name: name }, { in: query, name: kind }] }
`),
  )
  assert.deepEqual(found, [
    'api.yaml:6:9 warning unused-path-parameter #/paths/~1pets/parameters/0',
    'api.yaml:8:39 warning unused-path-parameter #/paths/~1pets/put/parameters/0',
  ])
})
