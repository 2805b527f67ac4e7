import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { CounterTable, markedHigh } from '../../../../src/gateway/throttle/counter-table.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'
import { seeded } from './random-trace.ts'

/** Like a window, which says right after the cell was locked until when it counts. */
function cellOf(table: CounterTable, low: number, high: number, now = 0, end = 1_000): number {
  const cell = table.lock(low, high, now)
  table.cells.setEnd(cell, end)
  table.unlock(low)
  return cell
}

/** Keys that stand in one region of 1,024 cells. */
function fill(table: CounterTable, keys: number, end: (key: number) => number): void {
  const random = seeded(3)
  for (let key = 1; key <= keys; key++) cellOf(table, key, random.below(2 ** 32) | 0, 0, end(key))
}

test('a key keeps its cell, and different keys have different cells', () => {
  const table = CounterTable.make(64)
  const cells = Array.from({ length: 100 }, (_, high) => cellOf(table, 5, high << 7))
  assert.equal(new Set(cells).size, 100)
  assert.deepEqual(
    Array.from({ length: 100 }, (_, high) => cellOf(table, 5, high << 7)),
    cells,
  )
  assert.deepEqual([table.entries, table.evictions], [100, 0])
})

test('negative hashes find their cell', () => {
  const table = CounterTable.make(5_000)
  assert.equal(cellOf(table, -1, -2), cellOf(table, -1, -2))
})

test('where there is no room the cell goes that would have ended soonest, and comes back empty', () => {
  const table = CounterTable.make(1)
  fill(table, 2_000, () => 60_000)
  const { entries } = table
  const victim = cellOf(table, 77, 4_711)
  table.cells.float64[victim * 4] = 77
  const before = table.evictions
  assert.equal(cellOf(table, 78, 4_711, 500), victim)
  assert.equal(table.cells.float64[victim * 4], 0)
  assert.deepEqual([table.entries, table.evictions], [entries, before + 1])
})

test('a counter of everybody stays, however many callers have longer windows, and goes when it counts no more', () => {
  const table = CounterTable.make(1)
  const high = markedHigh(4_711, true)
  const cell = cellOf(table, 77, high)
  table.cells.float64[cell * 4] = 77
  const random = seeded(5)
  const callers = (now: number): void => {
    for (let key = 1; key <= 5_000; key++) cellOf(table, key, markedHigh(random.below(2 ** 32) | 0, false), now, 60_000 + now)
  }
  callers(500)
  assert.ok(table.evictions > 0)
  assert.equal(cellOf(table, 77, high, 500), cell)
  assert.equal(table.cells.float64[cell * 4], 77)
  callers(1_000)
  assert.equal(table.relock(cell, 77, high), false)
})

test('where all are everybody’s one of them goes', () => {
  const table = CounterTable.make(1)
  const random = seeded(7)
  for (let key = 1; key <= 3_000; key++) cellOf(table, key, markedHigh(random.below(2 ** 32) | 0, true))
  assert.ok(table.evictions > 1_000)
  cellOf(table, 5, markedHigh(6, false))
})

test('to forget what counts no more is no eviction', () => {
  const table = CounterTable.make(1)
  fill(table, 900, () => 1_000)
  const { evictions } = table
  for (let key = 1; key <= 500; key++) cellOf(table, -key, key * 7_919, 1_000, 2_000)
  assert.equal(table.evictions, evictions)
})

test('a cell that was given to another key is not locked again for the first', () => {
  const table = CounterTable.make(1)
  const cell = cellOf(table, 1, 1)
  assert.equal(table.relock(cell, 1, 1), true)
  table.unlock(1)
  fill(table, 3_000, () => 90_000)
  assert.equal(table.relock(cell, 1, 1), false)
  assert.equal(cellOf(table, 9, 1) >= 0, true, 'the region is not left locked')
})

test('a million keys that all count are in 64 MB, and none of them is forgotten', () => {
  const table = CounterTable.make(1_000_000)
  assert.ok(table.buffer.byteLength <= 64_000_000, `${table.buffer.byteLength}`)
  const random = seeded(1)
  const keys = Int32Array.from({ length: 2_000_000 }, () => random.below(2 ** 32) | 0)
  const window = new SlidingWindow(2, 3_600_000)
  const times = new Times()
  const pass = (): number => {
    let passed = 0
    for (let key = 0; key < keys.length; key += 2) {
      const cell = table.lock(keys[key]!, keys[key + 1]!, 0)
      if (window.take(table.cells, cell, times, 1) >= 0) passed++
      table.unlock(keys[key]!)
    }
    return passed
  }
  assert.deepEqual([pass(), pass(), pass()], [1_000_000, 1_000_000, table.evictions])
  assert.ok(table.evictions <= 5, `${table.evictions} evictions`)
  assert.equal(table.entries + table.evictions >= 1_000_000, true)
})

test('room is made for the capacity that is asked for', () => {
  for (const capacity of [0, 1, 900, 5_000, 100_000]) {
    const { byteLength } = CounterTable.make(capacity).buffer
    assert.ok(byteLength >= capacity * 63 && byteLength < capacity * 132 + 120_000, `${capacity}: ${byteLength}`)
  }
})

test('another thread finds the same counters and the same seed', () => {
  const table = CounterTable.make(1_000)
  const other = CounterTable.attach(table.buffer)
  assert.deepEqual(other.seed, table.seed)
  assert.equal(cellOf(other, 123, 456), cellOf(table, 123, 456))
  assert.equal(other.entries, 1)
})

/** Starts threads that wait for each other, and returns what each of them says. */
async function together<Answer>(threads: number, module: string, workerData: object): Promise<readonly Answer[]> {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const source = new URL(module, import.meta.url)
  const workers = Array.from({ length: threads }, () => new Worker(source, { workerData: { ...workerData, gate: gate.buffer } }))
  const answers = workers.map(async (worker): Promise<Answer> => (await once(worker, 'message'))[0])
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return Promise.all(answers)
}

for (const threads of [1, 2, 4]) {
  test(`${threads} threads that count together admit exactly the limit`, async () => {
    const table = CounterTable.make(64)
    const requests = 50_000
    const admitted = await together<number>(threads, './counting-thread.ts', { buffer: table.buffer, requests })
    assert.equal(
      admitted.reduce((sum, count) => sum + count, 0),
      requests,
    )
    const times = new Times()
    const cell = table.lock(7, 7, 0)
    assert.equal(new SlidingWindow(requests, 3_600_000).take(table.cells, cell, times, 1), -1)
  })

  test(`${threads} threads under full load: never above the limit in any window, and 99.9 % of it`, async () => {
    const table = CounterTable.make(64)
    const [limit, length, windows] = [500, 20, 20]
    const clock = new SharedArrayBuffer(4)
    const workerData = { buffer: table.buffer, clock, limit, length, until: length * windows }
    const answers = await together<readonly number[]>(threads, './overloading-thread.ts', workerData)
    const admitted = answers.flat().sort((one, other) => one - other)
    for (let index = limit; index < admitted.length; index++) assert.ok(admitted[index]! - admitted[index - limit]! >= length)
    assert.ok(admitted.length >= 0.999 * limit * windows, `${admitted.length} of ${limit * windows}`)
  })
}

test('a lock whose thread has died is taken over, and counting goes on', async () => {
  const table = CounterTable.make(64)
  const source = new URL('./locking-thread.ts', import.meta.url)
  const worker = new Worker(source, { workerData: { buffer: table.buffer } })
  await once(worker, 'message')
  await worker.terminate()
  const window = new SlidingWindow(2, 3_600_000)
  const times = new Times()
  const passed = [0, 1, 2].map(() => {
    const cell = table.lock(7, 7, 0)
    const remaining = window.take(table.cells, cell, times, 1)
    table.unlock(7)
    return remaining
  })
  assert.deepEqual(passed, [1, 0, -1])
})
