import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import { AddressBlocks } from '../../../../src/gateway/traffic-manager/address-blocks.ts'
import { Board } from '../../../../src/gateway/traffic-manager/board.ts'
import { isWithin } from '../../../../src/gateway/traffic-manager/condition-list.ts'
import { Decisions } from '../../../../src/gateway/traffic-manager/decisions.ts'
import { Hearing } from '../../../../src/gateway/traffic-manager/hearing.ts'
import type { AddressSpan } from '../../../../src/gateway/traffic-manager/notice.ts'
import { SharedText } from '../../../../src/gateway/traffic-manager/shared-text.ts'
import type { Change } from '../../../../src/gateway/traffic-manager/standing.ts'
import { seeded } from '../throttle/random-trace.ts'

test('a text is whole or what it was before, for whoever has the memory', () => {
  const buffer = SharedText.make(100)
  const [writer, reader] = [new SharedText(buffer), new SharedText(buffer)]
  const nothing = { version: 0, length: 0 }
  assert.ok(reader.ends(nothing))
  assert.ok(writer.write('first, über'))
  const first = reader.read(nothing)!
  assert.equal(first.text, 'first, über')
  assert.ok(!writer.write('x'.repeat(101)))
  assert.ok(reader.ends(first.place))
  // A writer that dies in the middle leaves an odd version.
  Atomics.add(new Int32Array(buffer), 0, 1)
  assert.ok(!writer.append('more') && !reader.ends(first.place))
  assert.equal(reader.read(first.place), null)
  assert.ok(writer.write('second'))
  assert.equal(reader.read(first.place)?.text, 'second')
})

test('of a text that has grown, what is new is read', () => {
  const buffer = SharedText.make(20)
  const [writer, reader] = [new SharedText(buffer), new SharedText(buffer)]
  writer.write('first;')
  const { place } = reader.read({ version: 0, length: 0 })!
  assert.ok(writer.append('ü;') && writer.append('third;'))
  const more = reader.read(place)!
  assert.equal(more.text, 'ü;third;')
  assert.ok(reader.ends(more.place) && !reader.ends(place))
  assert.ok(!writer.append('too much') && reader.ends(more.place))
})

const user = (value: string, holds = true): Change => ({ kind: 'block', block: { kind: 'user', value }, holds })
const bits = (length: 32 | 128, value: number): string => value.toString(2).padStart(length, '0')
const wordsOf = (address: string): readonly number[] =>
  [96, 64, 32, 0].map((shift) => Number(((address.length === 32 ? 0xffff_0000_0000n : 0n) + BigInt(`0b${address}`)) >> BigInt(shift)) >>> 0)
const span = (id: string, from: string, to: string, inverted = false, holds = true): Change => ({
  kind: 'block',
  block: { kind: 'address', id, from, to, inverted },
  holds,
})

test('what is standing is of another version when it is another', () => {
  const buffer = Board.make()
  const [writer, reader] = [new Board(buffer), new Board(buffer)]
  const empty = reader.standing.version
  assert.equal(reader.standing.version, empty)
  assert.ok(!reader.standing.blocksAnybody)
  writer.replace([{ kind: 'template', template: '$userId', holds: true }, user('mallory')])
  const { standing } = reader
  const { version } = standing
  assert.notEqual(version, empty)
  assert.equal(reader.standing.version, version)
  assert.ok(standing.blocksSome('user') && !standing.blocksSome('application'))
  assert.ok(standing.blocks('user', ['alice', 'mallory']) && !standing.blocks('user', ['alice']) && !standing.blocks('api', ['mallory']))
})

test('an address that nobody can tell is blocked with any, and is among all lists', () => {
  const board = new Board(Board.make())
  const all = '1'.repeat(32)
  const groups = [{ never: false, addresses: [{ from: all, to: all, inverted: false }] }]
  const lists = ['default', 'condition_0'].map((name) => ({ id: name, name, groups }))
  board.replace([user('mallory'), ...lists.map((list) => ({ kind: 'list', list, holds: true }) as const)])
  assert.ok(!board.standing.blocksAddress('unknown'))
  assert.deepEqual(board.standing.listsFor('unknown'), lists)
  assert.deepEqual(board.standing.listsFor('192.0.2.1'), lists.slice(0, 1))
  board.change(span('1', all, all))
  assert.ok(board.standing.blocksAddress('unknown') && board.standing.blocksAddress('255.255.255.255'))
  assert.ok(!board.standing.blocksAddress('192.0.2.1'))
})

test('a change is a line, and what holds is written anew only when that has become shorter', () => {
  const buffer = Board.make()
  const [writer, reader] = [new Board(buffer), new Board(buffer)]
  writer.replace([user('mallory')])
  const first = reader.standing
  let [anew, lines] = [0, 0]
  for (let round = 0; round < 10_000; round++, lines++) {
    const before = reader.standing
    assert.ok(writer.change(user('trudy', round % 2 === 0)))
    assert.equal(reader.standing.blocks('user', ['trudy']), round % 2 === 0)
    assert.ok(reader.standing.blocks('user', ['mallory']))
    if (reader.standing !== before) anew++
  }
  assert.equal(lines, 10_000)
  assert.ok(anew > 0 && anew < 20, String(anew))
  assert.notEqual(reader.standing, first)
  // Whoever comes later, and whoever writes after this one, knows the same.
  const next = new Board(buffer)
  assert.deepEqual([...next.standing.changes()], [user('mallory')])
  assert.ok(next.change(user('mallory', false)))
  assert.ok(!reader.standing.blocksAnybody)
})

test('of more than there is room for, as much stands as there is', () => {
  const board = new Board(Board.make())
  const many = Array.from({ length: 3_000 }, (_, index) => user(`${index}${'x'.repeat(2_000)}`))
  assert.ok(!board.replace(many))
  const { blocked } = board.standing
  assert.ok(blocked > 1_900 && blocked < 3_000, String(blocked))
})

test('addresses are blocked by the spans that hold, whatever came and went', () => {
  const random = seeded(7)
  const blocks = new AddressBlocks()
  const held: AddressSpan[] = []
  for (let round = 0; round < 3_000; round++) {
    const length = random.below(2) === 0 ? 32 : 128
    if (held.length > 0 && random.below(5) < 2) {
      const [gone] = held.splice(random.below(held.length), 1)
      blocks.remove(gone!)
    } else {
      const from = random.below(200)
      const inverted = random.below(12) === 0
      const each = { from: bits(length, inverted ? 0 : from), to: bits(length, from + random.below(20)), inverted }
      held.push(each)
      blocks.add(each)
    }
    if (round % 300 === 0) for (const each of held.splice(0)) blocks.remove(each)
    const asked = bits(length, random.below(230))
    assert.equal(
      blocks.includes(wordsOf(asked)),
      held.some((each) => isWithin(each, asked)),
      `${asked} in ${JSON.stringify(held)}`,
    )
  }
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
