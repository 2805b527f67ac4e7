import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

test('a path with a query is not routed, which nobody may overlook', () => {
  const found = diagnose(apiWith('paths:\n  /pets: { get: { security: [] } }\n  /pets?kind={kind}: { get: {} }\n'))
  assert.deepEqual(found, ['api.yaml:5:3 error path-with-query #/paths/~1pets?kind=%7Bkind%7D'])
})

test('so is a query in the form of RFC 6570', () => {
  const found = diagnose(apiWith("paths:\n  /pets: { get: { security: [] } }\n  '/pets{?kind}': { get: {} }\n"))
  assert.deepEqual(found, ['api.yaml:5:3 error path-with-query #/paths/~1pets%7B?kind%7D'])
})
