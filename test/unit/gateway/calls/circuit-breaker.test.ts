import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CircuitBreaker } from '../../../../src/gateway/calls/circuit-breaker.ts'

function breaker(): { time: { now: number }; breaker: CircuitBreaker } {
  const time = { now: 0 }
  const clock = { now: () => 0, monotonic: () => time.now }
  return { time, breaker: new CircuitBreaker({ failures: 3, rest: 1_000 }, clock) }
}

test('opens after failures in a row, not before, and a success begins the count anew', () => {
  const { breaker: one } = breaker()
  one.failed()
  one.failed()
  one.succeeded()
  one.failed()
  one.failed()
  assert.equal(one.allows() && !one.open, true)
  one.failed()
  assert.equal(one.open, true)
  assert.equal(one.allows(), false)
})

test('after its rest one call tries, and no other meanwhile', () => {
  const { breaker: one, time } = breaker()
  for (let failed = 0; failed < 3; failed++) one.failed()
  time.now = 999
  assert.equal(one.allows(), false)
  time.now = 1_000
  assert.equal(one.allows(), true)
  assert.equal(one.allows(), false)
  one.failed()
  time.now = 1_999
  assert.equal(one.allows(), false)
  time.now = 2_000
  assert.equal(one.allows(), true)
  one.succeeded()
  assert.equal(one.allows() && one.allows() && !one.open, true)
})
