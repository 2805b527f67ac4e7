import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import { Board } from '../../../../src/gateway/traffic-manager/board.ts'
import { Decisions } from '../../../../src/gateway/traffic-manager/decisions.ts'
import { Hearing } from '../../../../src/gateway/traffic-manager/hearing.ts'
import { SharedText } from '../../../../src/gateway/traffic-manager/shared-text.ts'

test('a text is whole or what it was before, for whoever has the memory', () => {
  const buffer = SharedText.make(100)
  const [writer, reader] = [new SharedText(buffer), new SharedText(buffer)]
  assert.ok(writer.write('first, über'))
  const first = reader.read()
  assert.equal(first?.text, 'first, über')
  assert.ok(!writer.write('x'.repeat(101)))
  assert.equal(reader.version, first?.version)
  // A writer that dies in the middle leaves an odd version.
  Atomics.add(new Int32Array(buffer), 0, 1)
  assert.equal(reader.read(), null)
  assert.ok(writer.write('second'))
  assert.equal(reader.read()?.text, 'second')
})

test('what is standing is another object when it is another', () => {
  const buffer = Board.make()
  const [writer, reader] = [new Board(buffer), new Board(buffer)]
  const empty = reader.standing
  assert.equal(reader.standing, empty)
  assert.ok(!empty.blocksAnybody)
  writer.write({ templates: ['$userId'], blocks: [{ kind: 'user', value: 'mallory' }], lists: [] })
  const { standing } = reader
  assert.notEqual(standing, empty)
  assert.equal(reader.standing, standing)
  assert.ok(standing.blocksSome('user') && !standing.blocksSome('application'))
  assert.ok(standing.blocks('user', ['alice', 'mallory']) && !standing.blocks('user', ['alice']) && !standing.blocks('api', ['mallory']))
})

test('an address that nobody can tell is blocked with any, and is among all lists', () => {
  const board = new Board(Board.make())
  const bits = '1'.repeat(32)
  const span = { from: bits, to: bits, inverted: false }
  const lists = ['default', 'condition_0'].map((name) => ({ id: name, name, groups: [{ never: false, addresses: [span] }] }))
  board.write({ templates: [], blocks: [{ kind: 'user', value: 'mallory' }], lists })
  assert.ok(!board.standing.blocksAddress('unknown'))
  assert.deepEqual(board.standing.listsFor('unknown'), lists)
  assert.deepEqual(board.standing.listsFor('192.0.2.1'), lists.slice(0, 1))
  board.write({ templates: [], blocks: [{ kind: 'address', id: '1', ...span }], lists })
  assert.ok(board.standing.blocksAddress('unknown') && board.standing.blocksAddress('255.255.255.255'))
  assert.ok(!board.standing.blocksAddress('192.0.2.1'))
})

test('decisions end, are taken back, and are forgotten', async () => {
  const hearing = new Hearing(Hearing.make())
  const buffer = HashTable.make(1000)
  const [writer, reader] = [new Decisions(hearing.seed, buffer), new Decisions(hearing.seed, buffer)]
  const now = Date.UTC(2026, 0, 1)
  assert.equal(reader.until(reader.hash('a')), 0)
  writer.set('a', now + 1_001)
  writer.set('b', now + 60_000)
  const until = reader.until(reader.hash('a'))
  assert.ok(until >= now + 1_001 && until < now + 1_252)
  writer.set('b', 0)
  assert.equal(reader.until(reader.hash('b')), 0)
  await writer.sweep(() => now + 2_000)
  assert.equal(reader.size, 0)
})

test('nothing was heard at first, and nothing is after a loss', () => {
  const hearing = new Hearing(Hearing.make())
  assert.equal(hearing.silence(5_000), Number.POSITIVE_INFINITY)
  hearing.heard(5_000)
  assert.equal(hearing.silence(7_000), 2_000)
  hearing.lost()
  assert.equal(hearing.silence(7_000), Number.POSITIVE_INFINITY)
})
