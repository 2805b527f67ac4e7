import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import type { HashedEntry } from '../../../../src/gateway/revocation/keeper.ts'
import { Ledger } from '../../../../src/gateway/revocation/ledger.ts'
import { NameHash } from '../../../../src/gateway/revocation/name-hash.ts'
import { RevocationState } from '../../../../src/gateway/revocation/revocation-state.ts'

const now = Date.UTC(2026, 0, 1)
const seconds = now / 1000

type Rig = { ledger: Ledger; state: RevocationState; has: (name: string) => boolean; bars: (client: string) => number }

function rig(state: RevocationState = new RevocationState(RevocationState.make(0))): Rig {
  const hash = new NameHash(state.seed)
  const [single, before] = [new HashTable(HashTable.make(1000)), new HashTable(HashTable.make(1000))]
  const find = (table: HashTable, words: Int32Array): number => table.find(words[0]!, words[1]!, words[2]!)
  return {
    ledger: new Ledger(state, hash, single, before),
    state,
    has: (name) => find(single, hash.of('token', name)) !== 0,
    bars: (client) => find(before, hash.of('client', client)),
  }
}

function token(name: string, expires: number | null = null): RevokedPlan {
  return { kind: 'token', name, issuer: null, before: null, expires }
}

function client(name: string, before: number, expires: number | null = null): RevokedPlan {
  return { kind: 'client', name, issuer: null, before, expires }
}

test('every change is another epoch', () => {
  const { ledger, state } = rig()
  const epochs = [state.epoch]
  ledger.put(token('a'), 0, now)
  epochs.push(state.epoch)
  ledger.remove(token('a'), 0)
  epochs.push(state.epoch)
  assert.equal(new Set(epochs).size, 3)
})

test('an entry is there for as long as one source has it', () => {
  const { ledger, has } = rig()
  ledger.put(token('a'), 0, now)
  ledger.put(token('a'), 1, now)
  ledger.remove(token('a'), 0)
  assert.ok(has('a'))
  ledger.remove(token('a'), 1)
  assert.ok(!has('a'))
})

test('of what a list says twice, that counts which bars more; the next list may say less', async () => {
  const { ledger, has, bars } = rig()
  ledger.begin(1)
  for (const before of [seconds - 10, seconds - 20]) ledger.put(client('c', before, seconds + 5000), 1, now)
  const barred = bars('c')
  for (const after of [5000, 5]) ledger.put(token('a', seconds + after), 1, now)
  await ledger.end(1)
  await ledger.sweep(() => now + 4_000_000)
  assert.ok(has('a'))
  ledger.begin(1)
  ledger.put(client('c', seconds - 20), 1, now)
  await ledger.end(1)
  assert.equal(bars('c'), barred - 10)
})

test('what has ended is no first key of two, before it is forgotten as well', () => {
  const { ledger } = rig()
  const denied: RevokedPlan = { kind: 'denied-user', name: 'a', issuer: null, before: null, expires: seconds + 5 }
  assert.equal(ledger.put(denied, 1, now, true), 'new')
  assert.equal(ledger.put(denied, 1, now, true), 'again')
  assert.equal(ledger.put({ ...denied, expires: null }, 1, now + 5000, true), 'known')
  assert.equal(ledger.put(client('c', seconds - 10, seconds + 5), 1, now, true), 'new')
  assert.equal(ledger.put(client('c', seconds - 10, seconds + 9), 1, now + 600_000, true), 'again')
  assert.equal(ledger.put(client('c', seconds - 10), 1, now + 670_000, true), 'known')
})

test('of a source that takes nothing back, that counts which bars more, in whatever order it comes', async () => {
  const { ledger, has, bars } = rig()
  ledger.put(token('a', seconds + 5000), 1, now, true)
  ledger.put(token('a', seconds + 5), 1, now, true)
  ledger.put(client('c', seconds - 10, seconds + 5000), 1, now, true)
  const barred = bars('c')
  ledger.put(client('c', seconds - 500, seconds + 5), 1, now, true)
  assert.equal(bars('c'), barred)
  await ledger.sweep(() => now + 3_600_000)
  assert.ok(has('a'))
  assert.equal(bars('c'), barred)
  await ledger.sweep(() => now + 7_200_000)
  assert.ok(!has('a'))
  assert.equal(bars('c'), 0)
})

test('so it does when it is read again after a restart', () => {
  const { ledger, state, bars } = rig()
  const kept: HashedEntry[] = []
  ledger.keep(1, { put: (entry) => kept.push(entry), remove: () => {}, confirm: () => {} })
  ledger.put(client('c', seconds - 10, seconds + 5), 1, now, true)
  ledger.put(client('c', seconds - 500, seconds + 5000), 1, now, true)
  const again = rig(state)
  for (const entry of kept) again.ledger.restore(entry, 1, now, true)
  assert.equal(again.bars('c'), bars('c'))
  assert.equal(kept.length, 2)
})

test('a whole state takes the place of the source’s last one, and is never missing in between', async () => {
  const { ledger, has } = rig()
  for (const round of ['first', 'second', 'third']) {
    ledger.begin(1)
    ledger.put(token('always'), 1, now)
    ledger.put(token(round), 1, now)
    if (round === 'first') ledger.put(token('of another source'), 2, now)
    assert.ok(has('always'))
    await ledger.end(1)
    assert.ok(has('always') && has(round) && has('of another source'))
  }
  assert.ok(!has('first') && !has('second'))
})

test('what comes between two whole states stays until the source has it no more', async () => {
  const { ledger, has } = rig()
  ledger.begin(1)
  await ledger.end(1)
  ledger.put(token('a'), 1, now)
  ledger.begin(1)
  ledger.put(token('a'), 1, now)
  await ledger.end(1)
  assert.ok(has('a'))
  ledger.begin(1)
  await ledger.end(1)
  assert.ok(!has('a'))
})

test('an entry ends when what it bars has expired for the slowest clock, and not before', async () => {
  const { ledger, has } = rig()
  ledger.put(token('long gone', seconds - 3600), 0, now)
  ledger.put(token('soon', seconds + 10), 0, now)
  ledger.put(token('for ever'), 0, now)
  assert.deepEqual(['long gone', 'soon', 'for ever'].map(has), [false, true, true])
  await ledger.sweep(() => now + 600_000)
  assert.ok(has('soon'))
  ledger.put(token('soon again', seconds + 10), 1, now)
  await ledger.sweep(() => now + 700_000)
  assert.deepEqual(['soon', 'for ever'].map(has), [false, true])
  ledger.put(token('soon again', seconds + 5000), 2, now)
  ledger.remove(token('soon again'), 2)
  assert.ok(!has('soon again'), 'whose source had it before does not keep it')
})

test('of two times for one client the later counts, and one source may take its own back', () => {
  const { ledger, bars } = rig()
  ledger.put(client('c', 1000), 0, now)
  const early = bars('c')
  ledger.put(client('c', seconds), 1, now)
  const late = bars('c')
  assert.ok(late > early)
  ledger.put(client('c', 2000), 1, now)
  assert.equal(bars('c'), early, 'both are before the first second that is told apart')
})

test('a later time that one source takes back leaves the other’s earlier one', async () => {
  const { ledger, bars } = rig()
  ledger.put(client('c', seconds - 500), 0, now)
  const early = bars('c')
  for (const takeBack of [
    () => ledger.remove(client('c', 0), 1),
    () => ledger.put(client('c', seconds - 900), 1, now),
    async () => {
      ledger.begin(1)
      await ledger.end(1)
    },
    () => ledger.sweep(() => now + 2_000_000),
  ]) {
    ledger.put(client('c', seconds, seconds + 100), 1, now)
    assert.ok(bars('c') > early)
    await takeBack()
    assert.equal(bars('c'), early, String(takeBack))
  }
})

test('what bars more because another thread wrote so, goes on doing so until it is said again', async () => {
  const state = new RevocationState(RevocationState.make(0))
  const tables = [new HashTable(HashTable.make(1000)), new HashTable(HashTable.make(1000))] as const
  const words = new NameHash(state.seed).of('client', 'c')
  const bars = (): number => tables[1].find(words[0]!, words[1]!, words[2]!)
  const first = new Ledger(state, new NameHash(state.seed), ...tables)
  first.put(client('c', seconds - 500), 0, now)
  const early = bars()
  first.put(client('c', seconds), 1, now)
  const late = bars()
  const second = new Ledger(state, new NameHash(state.seed), ...tables)
  await second.takeOver()
  second.remove(client('c', 0), 1)
  assert.equal(bars(), late)
  second.begin(0)
  second.put(client('c', seconds - 500), 0, now)
  await second.end(0)
  assert.equal(bars(), early)
})

test('entries about clients end as well', async () => {
  const { ledger, bars } = rig()
  ledger.put(client('c', seconds, seconds + 10), 0, now)
  ledger.put(client('d', seconds), 0, now)
  await ledger.sweep(() => now + 700_000)
  assert.equal(bars('c'), 0)
  assert.notEqual(bars('d'), 0)
})

test('an entry without room is said', () => {
  const { ledger, state } = rig()
  for (let name = 0; name < 20_000; name++) ledger.put(token(String(name)), 0, now)
  assert.ok(state.full)
})

test('and no more when the whole state of its source was read again, and had room', async () => {
  const { ledger, state, has } = rig()
  const read = async (from: number, until: number): Promise<void> => {
    ledger.begin(1)
    for (let name = from; name < until; name++) ledger.put(token(String(name)), 1, now)
    await ledger.end(1)
  }
  await read(0, 2000)
  await read(10_000, 20_000)
  assert.ok(state.lacksRoom(1) && !state.lacksRoom(2))
  await read(20_000, 20_100)
  assert.ok(!state.full && has('20099') && !has('10000'))
})
