/** A thread that asks as fast as it can. All of them share a clock, which goes a microsecond on with each request. Says when it was let through. */
import { parentPort, workerData } from 'node:worker_threads'
import { CounterTable } from '../../../../src/gateway/throttle/counter-table.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'

const { buffer, gate, clock, limit, length, until } = workerData as {
  readonly buffer: SharedArrayBuffer
  readonly gate: SharedArrayBuffer
  readonly clock: SharedArrayBuffer
  readonly limit: number
  readonly length: number
  readonly until: number
}
const table = CounterTable.attach(buffer)
const window = new SlidingWindow(limit, length)
const times = new Times()
const microseconds = new Int32Array(clock)
const admitted: number[] = []

Atomics.wait(new Int32Array(gate), 0, 0)
while (times.monotonic < until) {
  const cell = table.lock(7, 7, 0)
  times.monotonic = Atomics.add(microseconds, 0, 1) / 1_000
  if (window.take(table.cells, cell, times, 1) >= 0) admitted.push(times.monotonic)
  table.unlock(7)
}
parentPort?.postMessage(admitted)
