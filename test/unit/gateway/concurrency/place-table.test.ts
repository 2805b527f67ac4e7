import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceTable } from '../../../../src/gateway/concurrency/place-table.ts'

function rig(threads = 2): readonly PlaceTable[] {
  const buffer = PlaceTable.make(threads)
  return Array.from({ length: threads }, (_, index) => new PlaceTable(buffer, { index, count: threads }))
}

test('places are counted over all threads, and each key by itself', () => {
  const [one, two] = rig() as [PlaceTable, PlaceTable]
  const first = one.take(7, 1, 2)
  assert.notEqual(first, -1)
  assert.notEqual(two.take(7, 1, 2), -1)
  assert.equal(one.take(7, 1, 2), -1)
  assert.notEqual(one.take(7, 2, 1), -1)
  one.free(first)
  assert.notEqual(two.take(7, 1, 2), -1)
  assert.equal(two.take(7, 1, 2), -1)
})

test('a thread that died gives back its own places and no others', () => {
  const [one, two] = rig() as [PlaceTable, PlaceTable]
  for (let place = 0; place < 3; place++) assert.notEqual(one.take(-5, 9, 10), -1)
  assert.notEqual(two.take(-5, 9, 10), -1)
  one.freeAll()
  for (let place = 0; place < 9; place++) assert.notEqual(one.take(-5, 9, 10), -1)
  assert.equal(one.take(-5, 9, 10), -1)
})

test('keys without a place make room; where all have some, another is refused and not left uncounted', () => {
  const [table] = rig(1) as [PlaceTable]
  const entries = Array.from({ length: 8 }, (_, high) => table.take(3, high + 1, 1))
  assert.ok(entries.every((entry) => entry !== -1))
  assert.equal(table.take(3, 99, 1), -1)
  table.free(entries[4]!)
  assert.notEqual(table.take(3, 99, 1), -1)
  assert.equal(table.take(3, 5, 1), -1)
})

test('a random trace against a plain count', () => {
  const tables = rig(3)
  const held: { table: PlaceTable; entry: number; key: number }[] = []
  const counts = new Map<number, number>()
  let seed = 12345
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return (seed >> 8) % below
  }
  for (let step = 0; step < 20_000; step++) {
    if (random(2) === 0 || held.length === 0) {
      const key = random(50)
      const table = tables[random(3)]!
      const entry = table.take(key * 31, key, 4)
      const count = counts.get(key) ?? 0
      assert.equal(entry !== -1, count < 4)
      if (entry === -1) continue
      counts.set(key, count + 1)
      held.push({ table, entry, key })
    } else {
      const [{ table, entry, key }] = held.splice(random(held.length), 1) as [(typeof held)[number]]
      table.free(entry)
      counts.set(key, counts.get(key)! - 1)
    }
  }
})
