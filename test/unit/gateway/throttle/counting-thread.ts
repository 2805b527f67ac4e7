/** A thread that counts as fast as it can against one limit, and says how often it was let through. */
import { parentPort, workerData } from 'node:worker_threads'
import { CounterTable } from '../../../../src/gateway/throttle/counter-table.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'

const { buffer, gate, requests } = workerData as { buffer: SharedArrayBuffer; gate: SharedArrayBuffer; requests: number }
const table = CounterTable.attach(buffer)
const window = new SlidingWindow(requests, 3_600_000)
const times = new Times()

Atomics.wait(new Int32Array(gate), 0, 0)
let admitted = 0
for (let attempt = 0; attempt < requests; attempt++) {
  const cell = table.lock(7, 7, 0)
  if (window.take(table.cells, cell, times, 1) >= 0) admitted++
  table.unlock(7)
}
parentPort?.postMessage(admitted)
