import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Allowance } from '../../../../src/gateway/upgrade/allowance.ts'

test('the amount at once, and no more', () => {
  const allowance = new Allowance(10, 1000, 0)
  assert.equal(allowance.take(10, 0), true)
  assert.equal(allowance.take(1, 0), false)
})

test('what was taken grows back evenly, and never beyond the amount', () => {
  const allowance = new Allowance(10, 1000, 0)
  allowance.take(10, 0)
  assert.equal(allowance.take(5, 500), true)
  assert.equal(allowance.take(1, 500), false)
  assert.equal(allowance.take(10, 60_000), true)
  assert.equal(allowance.take(1, 60_000), false)
})
