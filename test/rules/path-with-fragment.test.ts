import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

test('a path with a fragment is not routed, which nobody may overlook', () => {
  const found = diagnose(
    apiWith('paths:\n  /pets: { get: { security: [] } }\n  /pets#Action=List: { get: { x-wso2-throttling-tier: Gold } }\n'),
  )
  assert.deepEqual(found, ['api.yaml:5:3 error path-with-fragment #/paths/~1pets%23Action=List'])
})

test('it may be waived', () => {
  const { 'api.yaml': api, 'postern.yaml': project } = apiWith(
    'paths:\n  /pets: { get: { security: [] } }\n  /pets#x: { get: { x-scope: a } }\n',
  )
  const waiver = "waivers: [{ rule: path-with-fragment, at: '#/paths/~1pets%23x', reason: legacy, until: 2026-12-31 }]\n"
  assert.deepEqual(diagnose({ 'postern.yaml': `${project}${waiver}`, 'api.yaml': api ?? '' }), [])
})
