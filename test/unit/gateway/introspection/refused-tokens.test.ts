import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusedTokens } from '../../../../src/gateway/introspection/refused-tokens.ts'

test('tokens are forgotten when their time is over', () => {
  const refused = new RefusedTokens(100)
  refused.add('a', 'inactive', 0)
  assert.equal(refused.find('a', 99), 'inactive')
  assert.equal(refused.find('b', 99), undefined)
  assert.equal(refused.find('a', 100), undefined)
})

test('strangers fill a bounded number of places; the oldest go', () => {
  const refused = new RefusedTokens(1_000_000)
  for (let index = 0; index < 10_001; index++) refused.add(`t${index}`, 'inactive', index)
  assert.equal(refused.find('t0', 20_000), undefined)
  assert.equal(refused.find('t1', 20_000), 'inactive')
  assert.equal(refused.find('t10000', 20_000), 'inactive')
})
