import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { regionBytes } from '../../../../src/contract/counter-memory.ts'
import { Cells } from '../../../../src/gateway/throttle/cells.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { GcraWindow } from '../../../../src/gateway/throttle/gcra-window.ts'
import { randomTrace, seeded } from './random-trace.ts'

class Caller {
  readonly window: GcraWindow
  readonly #cells = new Cells(new ArrayBuffer(regionBytes(4)), 0, 1, 4)
  readonly #times = new Times()

  constructor(amount: number, window: number, burst: number) {
    this.window = new GcraWindow(amount, window, burst)
    this.#cells.clear(0)
  }

  take(now: number, amount = 1): number {
    this.#times.monotonic = now
    return this.window.take(this.#cells, 0, this.#times, amount)
  }

  wait(now: number, amount = 1): number {
    this.#times.monotonic = now
    return this.window.wait(this.#cells, 0, this.#times, amount)
  }

  charge(now: number, amount: number): void {
    this.#times.monotonic = now
    this.window.charge(this.#cells, 0, this.#times, amount)
  }

  left(now: number): number {
    this.#times.monotonic = now
    return this.window.left(this.#cells, 0, this.#times)
  }

  giveBack(amount: number): void {
    this.window.giveBack(this.#cells, 0, this.#times, amount, this.#times.monotonic)
  }
}

describe('over random traces', () => {
  for (const [amount, window, burst] of [
    [1, 1_000, 1],
    [10, 1_000, 1],
    [10, 1_000, 4],
    [100, 60_000, 100],
    [1_000, 250, 7],
  ] as const) {
    test(`${amount} in ${window} ms with a burst of ${burst}: never more in any time than the burst and what has come since`, () => {
      for (let seed = 0; seed < 30; seed++) {
        const caller = new Caller(amount, window, burst)
        const admitted = randomTrace(seeded(seed), amount, window).filter((now) => caller.take(now) >= 0)
        for (let first = 0; first < admitted.length; first++) {
          for (let last = first; last < Math.min(admitted.length, first + 3 * burst + 3); last++) {
            const may = burst + ((admitted[last]! - admitted[first]!) * amount) / window
            assert.ok(last - first + 1 <= may + 1e-6, `seed ${seed}: ${last - first + 1} of ${may}`)
          }
        }
        assert.ok(admitted.length >= burst)
      }
    })
  }
})

test('with room for two at once all of the quota passes under sustained overload, also after years', () => {
  for (const start of [0, 10 * 365 * 86_400_000 + 0.3]) {
    const caller = new Caller(5_000, 60_000, 2)
    let admitted = 0
    for (let now = start; now < start + 600_000; now += 0.7) if (caller.take(now) >= 0) admitted++
    assert.ok(admitted >= 49_990 && admitted <= 50_002, `${admitted}`)
  }
})

test('a burst passes at once, and comes back evenly', () => {
  const caller = new Caller(10, 1_000, 3)
  assert.deepEqual(
    [0, 0, 0, 0, 100, 100, 350, 350].map((later) => caller.take(5_000 + later)),
    [2, 1, 0, -1, 0, -1, 1, 0],
  )
})

test('after the wait it passes, and shortly before it does not', () => {
  const caller = new Caller(10, 1_000, 2)
  caller.take(0, 2)
  const wait = caller.wait(30)
  assert.ok(wait > 69.9 && wait < 70.2)
  assert.equal(caller.take(30 + wait - 0.2), -1)
  assert.equal(caller.take(30 + wait), 0)
})

test('what is charged is waited for, and what is given back can be taken', () => {
  const caller = new Caller(10, 1_000, 10)
  caller.charge(1_000, 30)
  assert.equal(caller.left(1_000), -20)
  assert.ok(caller.wait(1_000) > 2_099 && caller.wait(1_000) < 2_101)
  caller.giveBack(25)
  assert.equal(caller.left(1_000), 5)
})
