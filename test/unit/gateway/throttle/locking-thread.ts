/** A thread that takes a lock and never gives it back. */
import { parentPort, workerData } from 'node:worker_threads'
import { CounterTable } from '../../../../src/gateway/throttle/counter-table.ts'

const { buffer } = workerData as { buffer: SharedArrayBuffer }
CounterTable.attach(buffer).lock(7, 7, 0)
parentPort?.postMessage('locked')
for (;;);
