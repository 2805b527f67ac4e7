import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heartbeats } from '../../../../src/gateway/workers/heartbeats.ts'

function beat(heartbeats: Heartbeats, index: number): void {
  Atomics.add(new Int32Array(heartbeats.buffer), index, 1)
}

test('a thread that beats turns over, however long', () => {
  const heartbeats = new Heartbeats(2)
  for (let look = 0; look < 1_000; look++) {
    beat(heartbeats, 1)
    assert.equal(heartbeats.look(1, false), 'turns-over')
  }
  assert.equal(heartbeats.stuck(1), false)
})

test('a thread without a beat is stuck after five seconds and hangs after ten', () => {
  const heartbeats = new Heartbeats(1)
  const seen = Array.from({ length: 40 }, () => [heartbeats.look(0, false), heartbeats.stuck(0)] as const)
  assert.equal(
    seen.findIndex(([, stuck]) => stuck),
    19,
  )
  assert.equal(
    seen.findIndex(([look]) => look === 'hangs'),
    39,
  )
})

test('one beat, and a new thread, begin anew', () => {
  const heartbeats = new Heartbeats(1)
  for (let look = 0; look < 39; look++) heartbeats.look(0, false)
  beat(heartbeats, 0)
  assert.equal(heartbeats.look(0, false), 'turns-over')
  assert.equal(heartbeats.stuck(0), false)
  for (let look = 0; look < 39; look++) heartbeats.look(0, false)
  heartbeats.begin(0)
  assert.equal(heartbeats.look(0, false), 'turns-over')
})

test('a thread that starts has thirty seconds', () => {
  const heartbeats = new Heartbeats(1)
  const seen = Array.from({ length: 120 }, () => heartbeats.look(0, true))
  assert.equal(seen.indexOf('hangs'), 119)
})
