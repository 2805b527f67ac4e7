import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { HashTable, type TaggedValue } from '../../../../src/gateway/revocation/hash-table.ts'
import { Random } from '../../../random.ts'

type Words = readonly [number, number, number]

function wordsOf(name: string | number): Words {
  const digest = createHash('sha256').update(String(name)).digest()
  return [digest.readInt32LE(0) || 1, digest.readInt32LE(4), digest.readInt32LE(8)]
}

function put(table: HashTable, name: string | number, value: number, tags = 1): boolean {
  return table.write(...wordsOf(name), () => ({ tags, value }))
}

function walkAll(table: HashTable, slice: number, change: (tags: number, value: number) => TaggedValue): void {
  for (let at = table.walk(0, slice, change); at !== -1; at = table.walk(at, slice, change));
}

test('what was put is found, and nothing else, however much it grows', () => {
  const table = new HashTable(HashTable.make(100_000))
  for (let name = 0; name < 100_000; name++) assert.ok(put(table, name, name + 1))
  assert.equal(table.entries, 100_000)
  for (let name = 0; name < 100_000; name++) assert.equal(table.find(...wordsOf(name)), name + 1)
  for (let name = 100_000; name < 200_000; name++) assert.equal(table.find(...wordsOf(name)), 0)
})

test('every bit of a hash counts but the sixteen that are tags', () => {
  const table = new HashTable(HashTable.make(1000))
  const words: Words = [0x12345678, 0x23456789, 0x3456789a]
  table.write(...words, () => ({ tags: 0x5555, value: 7 }))
  for (let bit = 0; bit < 96; bit++) {
    const other = words.map((word, index) => (Math.floor(bit / 32) === index ? word ^ (1 << (bit % 32)) : word)) as unknown as Words
    assert.equal(table.find(...other), bit >= 64 && bit < 80 ? 7 : 0, `bit ${bit}`)
  }
})

test('what is reserved lies in one piece of at most 24 bytes an entry', () => {
  const table = new HashTable(HashTable.make(200_000))
  table.reserve(100_000)
  for (let name = 0; name < 100_000; name++) put(table, name, 1)
  assert.ok(table.bytes / 100_000 <= 24, String(table.bytes))
})

test('a full table says so, and keeps what it has', () => {
  const table = new HashTable(HashTable.make(1000))
  let taken = 0
  while (put(table, taken, 1)) taken++
  assert.ok(taken >= 1000, String(taken))
  assert.equal(put(table, 'one more', 1), false)
  assert.ok(put(table, 0, 2), 'what is there can be changed')
  for (let name = 0; name < taken; name++) assert.notEqual(table.find(...wordsOf(name)), 0)
})

test('places of what is gone are used again', () => {
  const table = new HashTable(HashTable.make(10_000))
  for (let round = 0; round < 40; round++) {
    for (let name = 0; name < 5000; name++) assert.ok(put(table, `${round} ${name}`, 1), `round ${round}`)
    walkAll(table, 777, (tags) => ({ tags, value: 0 }))
    assert.equal(table.entries, 0)
  }
})

test('it does what a Map does', () => {
  const random = new Random(1)
  const table = new HashTable(HashTable.make(3000))
  const map = new Map<number, number>()
  for (let step = 0; step < 100_000; step++) {
    const name = random.below(3000)
    const value = random.below(3)
    put(table, name, value)
    map.set(name, value)
    if (step % 20_000 === 0) walkAll(table, 100, (tags, each) => ({ tags, value: each }))
    const asked = random.below(3000)
    assert.equal(table.find(...wordsOf(asked)), map.get(asked) ?? 0)
  }
  assert.equal(table.entries, [...map.values()].filter((value) => value > 0).length)
})

test('tags are the writer’s, and values change only with them', () => {
  const table = new HashTable(HashTable.make(1000))
  put(table, 'a', 5, 0b01)
  table.write(...wordsOf('a'), (tags, value) => ({ tags: tags | 0b10, value: value + 1 }))
  const seen: (readonly [number, number])[] = []
  walkAll(table, 64, (tags, value) => {
    seen.push([tags, value])
    return { tags, value }
  })
  assert.deepEqual(seen, [[0b11, 6]])
})

test('another thread’s view of the memory finds the same', () => {
  const buffer = HashTable.make(50_000)
  const [writer, reader] = [new HashTable(buffer), new HashTable(buffer)]
  for (let name = 0; name < 30_000; name++) {
    put(writer, name, 1)
    assert.equal(reader.find(...wordsOf(name)), 1)
  }
})
