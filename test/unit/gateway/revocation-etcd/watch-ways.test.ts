/** Which way a watch is asked for, after others did not work. Time is the test's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WatchWays } from '../../../../src/gateway/revocation-etcd/watch-ways.ts'
import { TestClock } from '../../../wire/test-clock.ts'

test('a way that did not work is left alone for ten minutes, and the last one never', async () => {
  const clock = new TestClock()
  const ways = new WatchWays(clock)
  assert.equal(ways.best, 'grpc')
  ways.failed('grpc')
  assert.equal(ways.best, 'http')
  await clock.advance(500_000)
  ways.failed('http')
  ways.failed('unasked')
  await clock.advance(500_000)
  assert.equal(ways.best, 'unasked')
  await clock.advance(200_000)
  assert.equal(ways.best, 'grpc')
})
