import assert from 'node:assert/strict'
import { test } from 'node:test'
import { table } from '../../../src/cli/table.ts'

test('columns are as wide as what something stands behind; what ends its row widens none', () => {
  const rows = [
    ['limit', 'Bronze', 'api.yaml:3'],
    ['body', '10 MiB', ''],
    ['exact', 'a sentence that is longer than all others'],
  ]
  assert.equal(
    table(rows),
    ['  limit  Bronze  api.yaml:3', '  body   10 MiB', '  exact  a sentence that is longer than all others', ''].join('\n'),
  )
})
