import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwayCounts } from '../../../../src/gateway/throttle-redis/away-counts.ts'

test('what was counted is said once', () => {
  const counts = new AwayCounts(10)
  counts.add(1, 2, 3, 1_000, 0)
  counts.add(1, 2, 4, 1_000, 500)
  assert.equal(counts.take(1, 2, 600), 7)
  assert.equal(counts.take(1, 2, 600), 0)
})

test('until it can count no more', () => {
  const counts = new AwayCounts(10)
  counts.add(1, 2, 3, 1_000, 0)
  counts.add(1, 2, 4, 1_000, 1_100)
  assert.equal(counts.take(1, 2, 1_900), 7)
  counts.add(1, 2, 3, 1_000, 0)
  counts.add(1, 2, 4, 1_000, 1_100)
  assert.equal(counts.take(1, 2, 2_100), 4)
  counts.add(1, 2, 3, 1_000, 0)
  assert.equal(counts.take(1, 2, 5_000), 0)
})

test('only so many callers are remembered', () => {
  const counts = new AwayCounts(2)
  counts.add(1, 0, 1, 1_000, 0)
  counts.add(2, 0, 1, 1_000, 0)
  counts.add(3, 0, 1, 1_000, 10)
  assert.deepEqual([counts.take(1, 0, 20), counts.take(2, 0, 20), counts.take(3, 0, 20)], [0, 1, 1])
})
