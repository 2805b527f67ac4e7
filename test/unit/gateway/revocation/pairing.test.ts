import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pairing } from '../../../../src/gateway/revocation/pairing.ts'

const [list, etcd, topic] = [true, true, false]

function rig(...replays: readonly boolean[]): { pairing: Pairing; known: Map<number, number>; rereads: () => number } {
  const known = new Map<number, number>()
  let rereads = 0
  const pairing = new Pairing(replays, (feed, time) => known.set(feed, time))
  pairing.whenReread(() => rereads++)
  return { pairing, known, rereads: () => rereads }
}

test('a topic is known when what can say it again was read since it was subscribed to', () => {
  const { pairing, known, rereads } = rig(topic, list)
  pairing.confirm(1, 100)
  pairing.subscribed(0, 200)
  assert.equal(rereads(), 1)
  pairing.confirm(0, 300)
  assert.deepEqual([...known], [[1, 100]], 'the list was read before')
  pairing.confirm(1, 199)
  assert.deepEqual([...known], [[1, 199]], 'it was asked before')
  pairing.confirm(1, 250)
  assert.deepEqual(known.get(0), 300)
  pairing.confirm(0, 400)
  assert.deepEqual(known.get(0), 400)
})

test('after every reconnect it begins anew', () => {
  const { pairing, known, rereads } = rig(topic, list)
  pairing.subscribed(0, 100)
  pairing.confirm(1, 150)
  assert.equal(known.get(0), 100)
  pairing.subscribed(0, 1000)
  pairing.confirm(0, 1100)
  assert.equal(known.get(0), 100)
  assert.equal(rereads(), 2)
  pairing.confirm(1, 1050)
  assert.equal(known.get(0), 1100)
})

test('every source that can say it again is read, whichever has what the topic lost', () => {
  const { pairing, known } = rig(list, topic, etcd)
  pairing.subscribed(1, 100)
  pairing.confirm(0, 200)
  assert.equal(known.has(1), false)
  pairing.confirm(2, 200)
  assert.equal(known.get(1), 100)
})

test('alone, a topic is never known', () => {
  const { pairing, known } = rig(topic)
  pairing.subscribed(0, 100)
  pairing.confirm(0, 200)
  assert.deepEqual([...known], [])
})

test('a topic that was not subscribed to confirms nothing', () => {
  const { pairing, known } = rig(topic, list)
  pairing.confirm(1, 100)
  pairing.confirm(0, 200)
  assert.deepEqual([...known], [[1, 100]])
})
