import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { endAt, float64Shift } from '../../../../src/gateway/throttle/cells.ts'
import { CounterTable } from '../../../../src/gateway/throttle/counter-table.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'

/** Like a window, which says right after the cell was locked until when it counts. */
function cellOf(table: CounterTable, low: number, high: number, now = 0, end = 1_000): number {
  const cell = table.lock(low, high, now)
  endsAt(table, cell, end)
  table.unlock(low)
  return cell
}

function endsAt(table: CounterTable, cell: number, end: number): void {
  table.cells.float64[(cell << float64Shift) + endAt] = end
}

test('a key keeps its cell, and different keys have different cells', () => {
  const table = CounterTable.make(64)
  const cells = Array.from({ length: 8 }, (_, high) => cellOf(table, 5, high + 1))
  assert.equal(new Set(cells).size, 8)
  assert.deepEqual(
    Array.from({ length: 8 }, (_, high) => cellOf(table, 5, high + 1)),
    cells,
  )
  assert.deepEqual([table.entries, table.evictions], [8, 0])
})

test('negative hashes find their set', () => {
  const table = CounterTable.make(64)
  assert.equal(cellOf(table, -1, -2), cellOf(table, -1, -2))
})

test('in a full set the cell goes that would have ended soonest, and comes back empty', () => {
  const table = CounterTable.make(8)
  for (let key = 1; key <= 8; key++) cellOf(table, key, 1, 0, 1_000 + Math.abs(key - 4))
  const victim = cellOf(table, 4, 1)
  table.cells.int32[(victim << 6) + 4] = 77
  assert.equal(cellOf(table, 9, 1, 500), victim)
  assert.equal(table.cells.int32[(victim << 6) + 4], 0)
  assert.deepEqual([table.entries, table.evictions], [8, 1])
})

test('to forget what counts no more is no eviction', () => {
  const table = CounterTable.make(8)
  for (let key = 1; key <= 8; key++) cellOf(table, key, 1)
  cellOf(table, 9, 1, 1_000)
  assert.deepEqual([table.entries, table.evictions], [8, 0])
})

test('a cell that was given to another key is not locked again for the first', () => {
  const table = CounterTable.make(8)
  const cell = cellOf(table, 1, 1)
  assert.equal(table.relock(cell, 1, 1), true)
  table.unlock(1)
  for (let key = 2; key <= 9; key++) cellOf(table, key, 1, 0, 1_000 + key)
  assert.equal(table.relock(cell, 1, 1), false)
  assert.equal(cellOf(table, 9, 1) >= 0, true, 'the set is not left locked')
})

test('room is made for the capacity that is asked for, in whole sets', () => {
  const bytesPerCell = (CounterTable.make(8_192).buffer.byteLength - CounterTable.make(4_096).buffer.byteLength) / 4_096
  for (const [capacity, cells] of [
    [0, 8],
    [1, 8],
    [8, 8],
    [9, 16],
    [100_000, 131_072],
  ] as const) {
    assert.ok(Math.abs(CounterTable.make(capacity).buffer.byteLength - cells * bytesPerCell) < 512, `${capacity}`)
  }
})

test('another thread finds the same counters and the same seed', () => {
  const table = CounterTable.make(1_000)
  const other = CounterTable.attach(table.buffer)
  assert.deepEqual(other.seed, table.seed)
  assert.equal(cellOf(other, 123, 456), cellOf(table, 123, 456))
  assert.equal(other.entries, 1)
})

test('threads that count together admit exactly the limit', async () => {
  const table = CounterTable.make(64)
  const threads = 3
  const requests = 50_000
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const source = new URL('./counting-thread.ts', import.meta.url)
  const workers = Array.from(
    { length: threads },
    () => new Worker(source, { workerData: { buffer: table.buffer, gate: gate.buffer, requests } }),
  )
  const results = workers.map((worker) => once(worker, 'message'))
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  const admitted = (await Promise.all(results)).map(([count]) => Number(count))
  assert.equal(
    admitted.reduce((sum, count) => sum + count, 0),
    requests,
  )
  const times = new Times()
  const cell = table.lock(7, 7, 0)
  assert.equal(new SlidingWindow(requests, 3_600_000).take(table.cells, cell, times, 1), -1)
})

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
