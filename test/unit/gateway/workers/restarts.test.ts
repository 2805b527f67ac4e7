import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Restarts } from '../../../../src/gateway/workers/restarts.ts'

test('each replacement waits twice as long as the one before, up to ten seconds', () => {
  const restarts = new Restarts()
  const delays = Array.from({ length: 9 }, (_, index) => restarts.ended(index))
  assert.deepEqual(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  assert.equal(restarts.total, 9)
})

test('an end is forgotten after a minute', () => {
  const restarts = new Restarts()
  restarts.ended(0)
  assert.equal(restarts.ended(59_999), 200)
  assert.equal(restarts.ended(60_000), 200)
  assert.equal(restarts.ended(200_000), 100)
  assert.equal(restarts.total, 4)
})

test('five ends within a minute are too many, until a minute after the first', () => {
  const restarts = new Restarts()
  for (let end = 0; end < 4; end++) restarts.ended(end * 1_000)
  assert.equal(restarts.tooMany(4_000), false)
  restarts.ended(4_000)
  assert.equal(restarts.tooMany(4_000), true)
  assert.equal(restarts.tooMany(59_999), true)
  assert.equal(restarts.tooMany(60_000), false)
})
