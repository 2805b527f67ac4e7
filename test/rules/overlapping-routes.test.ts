import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings } from './check-project.ts'

function crossing(second: string) {
  return apiWith(`paths:
  /pets/{id}: { get: { security: [], parameters: [{ name: id, in: path, required: true, schema: {} }] } }
  /{kind}/new: { get: { ${second}, parameters: [{ name: kind, in: path, required: true, schema: {} }] } }
`)
}

test('two routes that some requests fit both, with different policies', () => {
  const files = crossing('security: [], x-postern: { maxBody: 1KiB }')
  assert.deepEqual(diagnose(files), ['api.yaml:5:18 warning overlapping-routes #/paths/~1%7Bkind%7D~1new/get'])
  assert.equal(
    findings(files)[0]?.message,
    'some requests fit both `GET /{kind}/new` (api.yaml:5) and `GET /pets/{id}` (api.yaml:4), which have different policies',
  )
})

test('nothing is said where the policies are the same', () => {
  assert.deepEqual(diagnose(crossing('security: []')), [])
})
