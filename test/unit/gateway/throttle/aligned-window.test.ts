import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { regionBytes } from '../../../../src/contract/counter-memory.ts'
import { AlignedWindow } from '../../../../src/gateway/throttle/aligned-window.ts'
import { Cells } from '../../../../src/gateway/throttle/cells.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { EpochFrame } from '../../../../src/gateway/throttle/frames.ts'
import { randomTrace, seeded } from './random-trace.ts'

class Caller {
  readonly window: AlignedWindow
  readonly #cells = new Cells(new ArrayBuffer(regionBytes(4)), 0, 1, 4)
  readonly #times = new Times()

  constructor(requests: number, window: number) {
    this.window = new AlignedWindow(requests, new EpochFrame(window))
    this.#cells.clear(0)
  }

  take(wall: number): number {
    this.#times.wall = wall
    return this.window.take(this.#cells, 0, this.#times, 1)
  }

  wait(wall: number): number {
    this.#times.wall = wall
    return this.window.wait(this.#cells, 0, this.#times, 1)
  }

  reset(wall: number): number {
    this.#times.wall = wall
    return this.window.reset(this.#times)
  }
}

describe('over random traces', () => {
  for (const [requests, window] of [
    [1, 1_000],
    [5, 60_000],
    [100, 86_400_000],
  ] as const) {
    test(`${requests} in ${window} ms: each aligned window admits its first ${requests}`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const caller = new Caller(requests, window)
        const counts = new Map<number, number>()
        for (const now of randomTrace(seeded(seed), requests, window)) {
          const index = Math.floor(now / window)
          const count = counts.get(index) ?? 0
          assert.equal(caller.take(now), count < requests ? requests - count - 1 : -1)
          counts.set(index, Math.min(requests, count + 1))
        }
      }
    })
  }
})

test('windows are aligned to the epoch: twice the quota passes around the turn of one', () => {
  const caller = new Caller(2, 60_000)
  const turn = Date.UTC(2026, 0, 1, 12, 30)
  assert.deepEqual(
    [-2, -1, -1, 0, 1, 1].map((offset) => caller.take(turn + offset)),
    [1, 0, -1, 1, 0, -1],
  )
})

test('the wait ends with the window, and so does the reset', () => {
  const caller = new Caller(1, 60_000)
  caller.take(60_000)
  assert.equal(caller.wait(75_000), 45_000)
  assert.equal(caller.wait(120_000), 0)
  assert.equal(caller.reset(75_000), 45_000)
  assert.equal(caller.reset(120_000), 60_000)
})

test('a clock set back into the window before gives no second quota', () => {
  const caller = new Caller(1, 60_000)
  assert.equal(caller.take(120_001), 0)
  assert.equal(caller.take(119_999), -1)
  assert.equal(caller.wait(119_999), 60_001)
})

test('a clock that was far ahead and is put right bars nobody for long', () => {
  const caller = new Caller(1, 60_000)
  caller.take(Date.UTC(2036, 0, 1))
  assert.equal(caller.take(Date.UTC(2026, 0, 1)), 0)
})
