import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attempts } from '../../../../src/gateway/guessing/attempts.ts'

test('the first attempts are free; then pauses double up to a minute', () => {
  const attempts = new Attempts(3)
  let now = 1_000_000
  const pauses: number[] = []
  for (let attempt = 0; attempt < 11; attempt++) {
    attempts.begin('alice', now)
    pauses.push(attempts.pause('alice', now))
    now += attempts.pause('alice', now)
  }
  assert.deepEqual(pauses, [0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('one that was right takes its own count back, and no other', () => {
  const attempts = new Attempts(2)
  attempts.begin('alice', 10)
  attempts.begin('alice', 10)
  attempts.forgive('alice', 10)
  assert.equal(attempts.pause('alice', 10), 0)
  attempts.begin('alice', 10)
  assert.equal(attempts.pause('alice', 10), 1_000)
})

test('what is long ago is forgotten, and others are not concerned', () => {
  const attempts = new Attempts(1)
  attempts.begin('alice', 0)
  assert.equal(attempts.pause('alice', 0), 1_000)
  assert.equal(attempts.pause('bob', 0), 0)
  attempts.begin('alice', 902_000)
  assert.equal(attempts.pause('alice', 902_000), 1_000)
})

test('any number of names takes no more memory, and none is let in early', () => {
  const attempts = new Attempts(1)
  attempts.begin('alice', 0)
  for (let name = 0; name < 20_000; name++) attempts.begin(`name ${name}`, 0)
  assert.ok(attempts.pause('alice', 0) >= 1_000)
})
