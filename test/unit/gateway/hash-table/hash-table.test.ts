import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import type { ChangeEntry } from '../../../../src/gateway/hash-table/shard-writer.ts'
import { Random } from '../../../random.ts'

type Words = readonly [number, number, number]

function wordsOf(name: string | number): Words {
  const digest = createHash('sha256').update(String(name)).digest()
  return [digest.readInt32LE(0) || 1, digest.readInt32LE(4), digest.readInt32LE(8)]
}

function put(table: HashTable, name: string | number, value: number, tags = 1): boolean {
  return table.write(...wordsOf(name), (entry) => {
    entry.tags = tags
    entry.value = value
  })
}

function walkAll(table: HashTable, change: ChangeEntry): void {
  for (let at = table.walk(0, change); at !== -1; at = table.walk(at, change));
}

const takeAway: ChangeEntry = (entry) => {
  entry.value = 0
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
  table.write(...words, (entry) => {
    entry.tags = 0x5555
    entry.value = 7
  })
  for (let bit = 0; bit < 96; bit++) {
    const other = words.map((word, index) => (Math.floor(bit / 32) === index ? word ^ (1 << (bit % 32)) : word)) as unknown as Words
    assert.equal(table.find(...other), bit >= 64 && bit < 80 ? 7 : 0, `bit ${bit}`)
    assert.equal(table.has(...other), bit >= 64 && bit < 80, `bit ${bit}`)
  }
})

test('an entry of a full table takes at most 24 bytes, whether they were announced or come one by one', () => {
  const random = new Random(2)
  const word = (): number => Math.floor(random.next() * 2 ** 32) | 0
  const all = 250_000
  for (const announced of [all, 0]) {
    const table = new HashTable(HashTable.make(all))
    table.reserve(announced)
    for (let count = 1; count <= all; count++) {
      assert.ok(
        table.write(word() || 1, word(), word(), (entry) => {
          entry.value = 1
        }),
      )
      if (announced === 0 && count >= all / 2 && count % 1000 === 0) assert.ok(table.bytes <= 24 * count, `${table.bytes} for ${count}`)
    }
    assert.equal(table.entries, all)
    assert.ok(table.bytes <= 24 * all, String(table.bytes))
  }
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
    walkAll(table, takeAway)
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
    if (step % 20_000 === 0) walkAll(table, () => {})
    const asked = random.below(3000)
    assert.equal(table.find(...wordsOf(asked)), map.get(asked) ?? 0)
    assert.equal(table.has(...wordsOf(asked)), table.find(...wordsOf(asked)) > 0)
  }
  assert.equal(table.entries, [...map.values()].filter((value) => value > 0).length)
})

test('tags are the writer’s, and values change only with them', () => {
  const table = new HashTable(HashTable.make(1000))
  put(table, 'a', 5, 0b01)
  table.write(...wordsOf('a'), (entry) => {
    entry.tags |= 0b10
    entry.value++
  })
  const seen: (readonly [number, number])[] = []
  walkAll(table, ({ tags, value }) => seen.push([tags, value]))
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

test('hashes that begin alike are told apart', () => {
  const table = new HashTable(HashTable.make(1000))
  const words = (index: number): Words => [7, index & 3, index << 16]
  const set = (index: number, value: number): boolean =>
    table.write(...words(index), (entry) => {
      entry.value = value
    })
  for (let index = 0; index < 60; index++) assert.ok(set(index, index + 1))
  for (let index = 0; index < 60; index += 2) assert.ok(set(index, 0))
  for (let index = 0; index < 60; index++) {
    assert.equal(table.find(...words(index)), index % 2 === 0 ? 0 : index + 1)
    assert.equal(table.has(...words(index)), index % 2 === 1)
  }
})

test('one walk takes away whatever it should, and sees each entry once', () => {
  const table = new HashTable(HashTable.make(20_000))
  for (let name = 0; name < 20_000; name++) put(table, name, (name % 3) + 1)
  let seen = 0
  walkAll(table, (entry) => {
    seen++
    if (entry.value !== 3) entry.value = 0
  })
  assert.equal(seen, 20_000)
  for (let name = 0; name < 20_000; name++) assert.equal(table.find(...wordsOf(name)), name % 3 === 2 ? 3 : 0)
})

/** Has a writer die after so many words, with each `step`th number of them. Returns with how many it lived. */
function dies(
  context: TestContext,
  step: number,
  prepare: (table: HashTable) => void,
  act: (table: HashTable) => void,
  check: (table: HashTable) => void,
): number {
  for (let words = 0; ; words += step) {
    const buffer = HashTable.make(1000)
    const table = new HashTable(buffer)
    prepare(table)
    let left = words
    const mock = context.mock.method(Atomics, 'store', function store(this: void, array: Int32Array, at: number, value: number): number {
      if (left-- === 0) throw new Error('dead')
      array[at] = value
      return value
    })
    let survived = true
    try {
      act(table)
    } catch {
      survived = false
    }
    mock.mock.restore()
    check(new HashTable(buffer))
    const successor = new HashTable(buffer)
    successor.repair()
    check(successor)
    for (let name = 0; name < 300; name++) put(successor, `later ${name}`, 9)
    check(successor)
    if (survived) return words
  }
}

const neighbours = Array.from({ length: 30 }, (_, index): Words => [0x40000000 + index * 1000, 5, index << 16])

function setNeighbour(table: HashTable, index: number, value: number): void {
  table.write(...neighbours[index]!, (entry) => {
    entry.value = value
  })
}

function holdsNeighbours(table: HashTable, but: number): void {
  for (const [index, words] of neighbours.entries()) if (index !== but) assert.equal(table.find(...words), index + 1, `${index}`)
}

test('a writer may die at any word while it puts an entry in', (context) => {
  const prepare = (table: HashTable): void => {
    for (let index = 0; index < 30; index++) if (index !== 17) setNeighbour(table, index, index + 1)
  }
  const check = (table: HashTable): void => {
    holdsNeighbours(table, 17)
    assert.ok([0, 18].includes(table.find(...neighbours[17]!)))
  }
  assert.ok(dies(context, 1, prepare, (table) => setNeighbour(table, 17, 18), check) > 50)
})

test('a writer may die at any word while it takes an entry out', (context) => {
  const prepare = (table: HashTable): void => {
    for (let index = 0; index < 30; index++) setNeighbour(table, index, index + 1)
  }
  const check = (table: HashTable): void => {
    holdsNeighbours(table, 12)
    assert.ok([0, 13].includes(table.find(...neighbours[12]!)))
  }
  assert.ok(dies(context, 1, prepare, (table) => setNeighbour(table, 12, 0), check) > 50)
})

test('a writer may die at any word while it spreads entries', (context) => {
  const prepare = (table: HashTable): void => {
    for (let index = 0; index < 30; index++) setNeighbour(table, index, index + 1)
    for (let name = 0; name < 100; name++) put(table, name, 5)
  }
  const check = (table: HashTable): void => {
    holdsNeighbours(table, -1)
    for (let name = 0; name < 100; name++) {
      assert.equal(table.find(...wordsOf(name)), 5)
      assert.ok(table.has(...wordsOf(name)))
    }
  }
  assert.ok(dies(context, 7, prepare, (table) => table.reserve(900), check) > 400)
})

test('while entries come, go and are spread in one thread, another one always finds those that stay', async () => {
  const buffer = HashTable.make(30_000)
  const table = new HashTable(buffer)
  for (let name = 0; name < 1000; name++) put(table, name, name + 1)
  const worker = new Worker(new URL('./reading-thread.ts', import.meta.url), { workerData: buffer })
  const exited = once(worker, 'exit')
  await once(worker, 'message')
  const random = new Random(3)
  for (let round = 0; round < 12; round++) {
    for (let step = 0; step < 20_000; step++) put(table, `other ${random.below(28_000)}`, random.below(2))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const answered = once(worker, 'message')
  worker.postMessage('end')
  const [{ looks, missed }] = (await answered) as [{ looks: number; missed: number }]
  await exited
  assert.ok(looks > 1000, String(looks))
  assert.equal(missed, 0)
})
