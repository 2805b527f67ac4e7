import assert from 'node:assert/strict'
import { test } from 'node:test'
import { growthOf, judge, type Outcome } from './judge.ts'
import type { Sample } from './sample.ts'

const quiet: Sample = {
  seconds: 0,
  memory: 60e6,
  heapUsed: 10e6,
  external: 3e6,
  descriptors: 24,
  sockets: 5,
  processor: 0,
  inFlight: 0,
  clientConnections: 0,
}

/** Twenty minutes, of which each sample may differ from the quiet one. */
function outcome(change: (seconds: number) => Partial<Sample>, after: Partial<Sample> = {}): Outcome {
  const samples = Array.from({ length: 120 }, (_, index) => ({ ...quiet, seconds: index * 10 + 10, ...change(index * 10 + 10) }))
  const sent = { counts: new Map(), wrongs: [], wrongCount: 0, leftOut: 0 }
  return { sent, samples, before: quiet, after: { ...quiet, ...after }, complaints: [] }
}

function broken(from: Outcome): readonly string[] {
  return judge(from)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what)
}

test('a saw-tooth around one level is flat, and so is growth that ends in the first half', () => {
  assert.deepEqual(broken(outcome((seconds) => ({ heapUsed: 10e6 + (seconds % 60) * 1e5 }))), [])
  assert.deepEqual(broken(outcome((seconds) => ({ memory: 60e6 + Math.min(seconds, 500) * 1e5 }))), [])
})

test('what grows to the end is found', () => {
  assert.deepEqual(broken(outcome((seconds) => ({ memory: 60e6 + seconds * 2e4 }))), ['growth of resident memory over the second half'])
  assert.deepEqual(broken(outcome((seconds) => ({ external: 3e6 + seconds * 2e4 }))), [
    'growth of memory outside the heap over the second half',
  ])
})

test('what is left when all clients have gone is found', () => {
  const names = broken(outcome(() => ({}), { descriptors: 25, inFlight: 1, clientConnections: 1 }))
  assert.equal(names.length, 3)
})

test('a wrong answer and a line in the log are enough', () => {
  const fine = outcome(() => ({}))
  assert.deepEqual(broken({ ...fine, sent: { ...fine.sent, wrongCount: 1 } }), ['wrong answers'])
  assert.deepEqual(broken({ ...fine, complaints: ['{"level":"error"}'] }), ['warnings and errors in the log'])
})

test('growthOf is the rise of the line through the points', () => {
  assert.ok(Math.abs(growthOf([[0, 5], [1, 7], [2, 9]]) - 4) < 1e-9) // biome-ignore format: points read as points
  assert.equal(growthOf([[0, 5], [1, 5], [2, 5]]), 0) // biome-ignore format: points read as points
})
