import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPlaces, onlyThread, shareOf } from '../../../src/gateway/serving-thread.ts'

function places(maximum: number, threads: number): readonly ConnectionPlaces[] {
  const taken = new Int32Array(new SharedArrayBuffer(ConnectionPlaces.bytes(threads)))
  return Array.from({ length: threads }, (_, thread) => new ConnectionPlaces(maximum, taken, thread))
}

test('threads take places out of one number', () => {
  const [one, two] = places(3, 2)
  assert.deepEqual([one!.take(), two!.take(), one!.take(), two!.take(), one!.take()], [true, true, true, false, false])
  one!.free()
  assert.deepEqual([two!.take(), one!.take()], [true, false])
})

test('the places of a thread that is gone are given back, and no others', () => {
  const [one, two] = places(4, 2)
  for (let taken = 0; taken < 3; taken++) one!.take()
  two!.take()
  one!.freeAll()
  one!.freeAll()
  assert.deepEqual(
    Array.from({ length: 4 }, () => one!.take()),
    [true, true, true, false],
  )
})

test('what is divided among threads is neither more nor less', () => {
  for (const [whole, count] of [
    [256, 3],
    [10, 4],
    [4, 4],
    [1_000, 64],
  ] as const) {
    const shares = Array.from({ length: count }, (_, index) => shareOf(whole, { index, count }))
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      whole,
    )
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 1)
  }
})

test('a gateway with one thread has all for itself', () => {
  const thread = onlyThread(1)
  assert.equal(shareOf(256, thread), 256)
  assert.deepEqual([thread.connections.take(), thread.connections.take()], [true, false])
  assert.equal(thread.shared('any', () => new SharedArrayBuffer(8)).byteLength, 8)
})
