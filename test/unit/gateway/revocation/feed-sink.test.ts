import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import { FeedSink } from '../../../../src/gateway/revocation/feed-sink.ts'
import { Ledger } from '../../../../src/gateway/revocation/ledger.ts'
import { NameHash } from '../../../../src/gateway/revocation/name-hash.ts'
import { Pairing } from '../../../../src/gateway/revocation/pairing.ts'
import { RevocationState } from '../../../../src/gateway/revocation/revocation-state.ts'

const now = Date.UTC(2026, 0, 1)

function rig(denies: boolean = false): { sink: FeedSink; entries: () => number; at: { monotonic: number } } {
  const state = new RevocationState(RevocationState.make(1))
  const [single, before] = [new HashTable(HashTable.make(1000)), new HashTable(HashTable.make(1000))]
  const ledger = new Ledger(state, new NameHash(state.seed), single, before, (source, more) => state.count(source, more))
  const at = { monotonic: 10_000 }
  const clock = { now: () => now, monotonic: () => at.monotonic }
  return {
    sink: new FeedSink(
      { clock, warn: () => {}, time: clock.now },
      ledger,
      state,
      new Pairing([true], (feed, time) => state.confirm(feed, time)),
      0,
      1,
      false,
      denies,
    ),
    entries: () => state.entriesOf(1),
    at,
  }
}

function token(name: string, publishedAt?: number): Parameters<FeedSink['put']>[0] {
  const entry = { kind: 'token', name, issuer: null, before: null, expires: null } as const
  return publishedAt === undefined ? entry : { ...entry, publishedAt }
}

test('the lag is that of what is new, once there was a full state', async () => {
  const { sink } = rig()
  sink.begin(1)
  sink.put(token('old', now - 86_400_000))
  await sink.end()
  sink.confirm(10_000)
  sink.put(token('old', now - 86_400_000))
  sink.put(token('untold'))
  assert.equal(sink.lag.sum, 0)
  sink.put(token('new', now - 40))
  sink.put(token('new', now - 40))
  sink.put(token('by a clock that is ahead', now + 5000))
  assert.equal(sink.lag.sum, 0.04)
  assert.deepEqual([...sink.lag.counts.slice(0, 5)], [1, 0, 0, 1, 0])
})

test('a feed that is followed again after it failed has reconnected once', () => {
  const { sink } = rig()
  sink.begin(0)
  sink.confirm(10_000)
  assert.equal(sink.reconnects, 0)
  sink.failed('connect')
  sink.failed('connect')
  sink.begin(0)
  sink.confirm(10_000)
  assert.deepEqual([sink.failures, sink.reconnects], [2, 1])
  sink.failed('timeout')
  sink.confirm(10_000)
  assert.equal(sink.reconnects, 2)
})

test('its entries are counted, each once, until it has them no more', async () => {
  const { sink, entries } = rig()
  for (const names of [
    ['a', 'b', 'c'],
    ['b', 'c'],
    ['c', 'd', 'd'],
  ]) {
    sink.begin(names.length)
    for (const name of names) sink.put(token(name))
    await sink.end()
    assert.equal(entries(), new Set(names).size)
  }
  sink.put(token('c'))
  sink.remove(token('c'))
  sink.remove(token('c'))
  sink.remove(token('never there'))
  assert.equal(entries(), 1)
})

test('who is denied is an entry where the project says so, and one that makes no sense elsewhere', () => {
  const denied = { kind: 'denied-user', name: 'mallory', issuer: null, before: null, expires: null } as const
  const without = rig()
  without.sink.put(denied)
  assert.deepEqual([without.entries(), without.sink.rejections], [0, 1])
  const withDenials = rig(true)
  withDenials.sink.put(denied)
  assert.deepEqual([withDenials.entries(), withDenials.sink.rejections], [1, 0])
})

test('its age is infinite until it was read in full', () => {
  const { sink, at } = rig()
  assert.equal(sink.age, Number.POSITIVE_INFINITY)
  sink.confirm(10_000)
  at.monotonic = 13_000
  assert.equal(sink.age, 3)
})
