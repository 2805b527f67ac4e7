import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { systemClock, threadClock } from '../../../src/gateway/clock.ts'

/** Milliseconds: the clocks of two threads are each off by less than half of it. */
const tolerance = 0.01

const thread = `
  import { parentPort } from 'node:worker_threads'
  import { threadClock } from ${JSON.stringify(new URL('../../../src/gateway/clock.ts', import.meta.url).href)}
  const clock = threadClock()
  parentPort.on('message', (words) => {
    const word = new Int32Array(words, 0, 1)
    Atomics.wait(word, 0, 0)
    new Float64Array(words, 8, 1)[0] = clock.monotonic()
    Atomics.store(word, 0, 2)
    Atomics.notify(word, 0)
  })
  parentPort.postMessage('ready')
`

test('what is one time in one thread is the same in another', async () => {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(thread)}`))
  await once(worker, 'message')
  const clock = threadClock()
  for (let reading = 0; reading < 20; reading++) {
    const words = new SharedArrayBuffer(16)
    const word = new Int32Array(words, 0, 1)
    worker.postMessage(words)
    const before = clock.monotonic()
    Atomics.store(word, 0, 1)
    Atomics.notify(word, 0)
    while (Atomics.load(word, 0) !== 2) Atomics.wait(word, 0, 1, 1)
    const after = clock.monotonic()
    const there = new Float64Array(words, 8, 1)[0]!
    assert.ok(there >= before - tolerance && there <= after + tolerance, `${before} ≤ ${there} ≤ ${after}`)
  }
  await worker.terminate()
})

test('a thread clock runs as the system clock does', () => {
  const clock = threadClock()
  const system = systemClock.monotonic()
  const offset = clock.monotonic() - system
  const distance = clock.monotonic() - systemClock.monotonic() - offset
  assert.ok(Math.abs(distance) < 50, `${distance}`)
  assert.ok(Math.abs(clock.now() - Date.now()) < 50)
})
