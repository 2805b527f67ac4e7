import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FleetKey } from '../../../../src/gateway/throttle-redis/fleet-key.ts'

test('who has the same secret and name finds the same ledgers', () => {
  const one = new FleetKey('s'.repeat(32), 'shop')
  const other = new FleetKey('s'.repeat(32), 'shop')
  assert.equal(one.ledger(1, 2), other.ledger(1, 2))
  assert.deepEqual(one.seed, other.seed)
  for (const stranger of [new FleetKey('t'.repeat(32), 'shop'), new FleetKey('s'.repeat(32), 'store')]) {
    assert.notEqual(stranger.ledger(1, 2), one.ledger(1, 2))
    assert.notDeepEqual(stranger.seed, one.seed)
  }
})

test('all keys have one hash tag, and each caller one of its own', () => {
  const key = new FleetKey('s'.repeat(32), 'shop')
  const names = [key.mark, key.ledger(1, 2), key.ledger(2, 1), key.ledger(-1, -2)]
  assert.equal(new Set(names).size, names.length)
  assert.equal(new Set(names.map((name) => /\{(.*)\}/.exec(name)?.[1])).size, 1)
})
