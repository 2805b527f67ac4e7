import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Cells, ringLength } from '../../../../src/gateway/throttle/cells.ts'
import { Times } from '../../../../src/gateway/throttle/counting-window.ts'
import { SlidingWindow } from '../../../../src/gateway/throttle/sliding-window.ts'
import { randomTrace, seeded } from './random-trace.ts'

/** One cell of a table, counted in by one window. */
class Caller {
  readonly window: SlidingWindow
  readonly #cells = new Cells(new ArrayBuffer(3 * 256), 0, 3)
  readonly #times = new Times()

  constructor(requests: number, window: number) {
    this.window = new SlidingWindow(requests, window)
    this.#cells.clear(1)
  }

  take(now: number): number {
    this.#times.monotonic = now
    return this.window.take(this.#cells, 1, this.#times, 1)
  }

  /** The neighbours are other callers'. */
  assertWithinCell(): void {
    const { int32 } = this.#cells
    assert.ok([...int32.subarray(0, 64), ...int32.subarray(128)].every((word) => word === 0))
  }

  wait(now: number): number {
    this.#times.monotonic = now
    return this.window.wait(this.#cells, 1, this.#times, 1)
  }

  giveBack(): void {
    this.window.giveBack(this.#cells, 1, this.#times, 1)
  }
}

/** The same rule, slowly: counts by period in a map, added up anew for each request. */
class Reference {
  readonly #window: SlidingWindow
  readonly #counts = new Map<number, number>()

  constructor(window: SlidingWindow) {
    this.#window = window
  }

  take(now: number): number {
    const { period, unit, amount } = this.#window
    const current = Math.floor(now / period)
    let remembered = this.#counts.get(current) ?? 0
    for (let past = current - ringLength; past < current; past++) remembered += Math.ceil((this.#counts.get(past) ?? 0) / unit) * unit
    if (remembered >= amount) return -1
    this.#counts.set(current, (this.#counts.get(current) ?? 0) + 1)
    return amount - remembered - 1
  }
}

const shapes: readonly (readonly [requests: number, window: number])[] = [
  [1, 1],
  [1, 1_000],
  [2, 10],
  [5, 1_000],
  [10, 60_000],
  [37, 250],
  [300, 3_600_000],
  [1_000, 86_400_000],
]

describe('over random traces', () => {
  for (const [requests, window] of shapes) {
    test(`${requests} in ${window} ms: as the slow reference has it, and never more in any window`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const caller = new Caller(requests, window)
        const reference = new Reference(caller.window)
        const admitted: number[] = []
        for (const now of randomTrace(seeded(seed), requests, window)) {
          const remaining = caller.take(now)
          assert.equal(remaining, reference.take(now), `seed ${seed} at ${now}`)
          if (remaining >= 0) admitted.push(now)
        }
        // Request n and request n + limit are never less than a window apart: so no window, wherever it begins, holds more.
        for (let index = requests; index < admitted.length; index++) {
          assert.ok(
            admitted[index]! - admitted[index - requests]! >= window,
            `seed ${seed}: ${admitted[index - requests]} to ${admitted[index]}`,
          )
        }
        assert.ok(admitted.length > requests)
        caller.assertWithinCell()
      }
    })

    test(`${requests} in ${window} ms: after the wait that a refusal names it passes, and a period before it does not`, () => {
      let checked = 0
      for (let seed = 0; seed < 40; seed++) {
        const caller = new Caller(requests, window)
        const { period } = caller.window
        const refused = randomTrace(seeded(seed), requests, window).find((now, index) => caller.take(now) < 0 && index % 7 === seed % 7)
        if (refused === undefined) continue
        const wait = caller.wait(refused)
        assert.ok(wait > 0 && wait <= (ringLength + 1) * period + 0.01)
        if (wait > period) assert.equal(caller.take(refused + wait - period - 0.01), -1)
        assert.ok(caller.take(refused + wait) >= 0)
        checked++
      }
      assert.ok(checked > 5)
    })
  }

  test('counts above 16 bits are rounded up, never down', () => {
    const caller = new Caller(200_000, 1_000)
    const reference = new Reference(caller.window)
    const random = seeded(5)
    const admitted: number[] = []
    for (let now = 0; now < 4_000; now += random.fraction() * 0.008) {
      const remaining = caller.take(now)
      assert.equal(remaining, reference.take(now))
      if (remaining >= 0) admitted.push(now)
    }
    for (let index = 200_000; index < admitted.length; index++) assert.ok(admitted[index]! - admitted[index - 200_000]! >= 1_000)
    assert.ok(admitted.length > 4 * 200_000 * 0.98, `${admitted.length}`)
  })
})

describe('under sustained overload', () => {
  for (const [requests, window] of [
    [100, 1_000],
    [100, 60_000],
    [5_000, 60_000],
    [1_000, 86_400_000],
  ] as const) {
    for (const factor of [1, 1.01, 1.1, 1.5, 2, 10, 300]) {
      test(`${factor} times ${requests} in ${window} ms: 99 % of the limit are let through`, () => {
        const caller = new Caller(requests, window)
        const windows = 30
        let admitted = 0
        const step = window / (requests * factor)
        for (let now = 12_345; now < 12_345 + window * windows; now += step) if (caller.take(now) >= 0) admitted++
        assert.ok(admitted >= requests * windows * 0.99, `${admitted} of ${requests * windows}`)
      })
    }
  }

  test('a caller who stays below 99 % of the limit is never refused', () => {
    const caller = new Caller(1_000, 60_000)
    for (let now = 0; now < 600_000; now += 60_000 / 990) assert.ok(caller.take(now) >= 0, `at ${now}`)
  })
})

test('the whole quota is there at once, and there again a window and a period after it was used', () => {
  const caller = new Caller(5, 60_000)
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((now) => caller.take(now)),
    [4, 3, 2, 1, 0, -1],
  )
  assert.equal(caller.take(60_000), -1)
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((later) => caller.take(60_000 + caller.window.period + 6 + later)),
    [4, 3, 2, 1, 0, -1],
  )
})

test('a clock that goes back counts where it was', () => {
  const caller = new Caller(3, 1_000)
  caller.take(5_000)
  caller.take(4_000)
  assert.equal(caller.take(3_000), 0)
  assert.equal(caller.take(5_900), -1)
})

test('what is given back can be taken again; nothing is given back twice', () => {
  const caller = new Caller(2, 1_000)
  caller.take(0)
  caller.take(0)
  caller.giveBack()
  assert.equal(caller.take(0), 0)
  for (let times = 0; times < 5; times++) caller.giveBack()
  assert.equal(caller.take(0), 1)
})

test('years of running change nothing', () => {
  const caller = new Caller(3, 1_000)
  const start = 10 * 365 * 86_400_000 + 0.3
  assert.deepEqual(
    [0, 1, 2, 3].map((now) => caller.take(start + now)),
    [2, 1, 0, -1],
  )
  assert.equal(caller.take(start + 990), -1)
  assert.ok(caller.take(start + 1_020) >= 0)
})
