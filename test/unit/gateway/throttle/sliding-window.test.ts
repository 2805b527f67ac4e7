import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ringLength } from '../../../../src/gateway/throttle/ring.ts'
import { ticksInWindow } from '../../../../src/gateway/throttle/segments.ts'
import { ExactLog } from './exact-log.ts'
import { type Random, randomTrace, seeded } from './random-trace.ts'
import { SlidingCaller } from './sliding-caller.ts'

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

/** Request n and request n + limit are never less than a window apart: so no window, wherever it begins, holds more. */
function assertNeverMore(admitted: readonly number[], requests: number, window: number, what: string): void {
  for (let index = requests; index < admitted.length; index++) {
    const apart = admitted[index]! - admitted[index - requests]!
    assert.ok(apart >= window, `${what}: ${admitted[index - requests]} to ${admitted[index]}`)
  }
}

describe('over random traces', () => {
  for (const [requests, window] of shapes) {
    for (const pages of [4, 0]) {
      const name = `${requests} in ${window} ms, ${pages > 0 ? 'with' : 'without'} a page`
      test(`${name}: never more in any window`, () => {
        for (let seed = 0; seed < 40; seed++) {
          const caller = new SlidingCaller(requests, window, pages)
          const admitted = randomTrace(seeded(seed), requests, window).filter((now) => caller.take(now) >= 0)
          assertNeverMore(admitted, requests, window, `seed ${seed}`)
          assert.ok(admitted.length > requests)
          assert.ok(caller.neighboursAreUntouched)
        }
      })

      test(`${name}: after the wait that a refusal names it passes, and not long before`, () => {
        let checked = 0
        for (let seed = 0; seed < 40; seed++) {
          const caller = new SlidingCaller(requests, window, pages)
          const refused = randomTrace(seeded(seed), requests, window).find((now, index) => caller.take(now) < 0 && index % 7 === seed % 7)
          if (refused === undefined) continue
          const wait = caller.wait(refused)
          const step = caller.hasPage ? window / ringLength : window / ticksInWindow
          assert.ok(wait > 0 && wait <= window + 2 * step + 0.01, `${wait}`)
          if (wait > step + 0.01) assert.equal(caller.take(refused + wait - step - 0.01), -1)
          assert.ok(caller.take(refused + wait) >= 0)
          checked++
        }
        assert.ok(checked > 5)
      })
    }
  }

  test('up to seven requests are as exact as a log of them', () => {
    for (let seed = 0; seed < 60; seed++) {
      const requests = 1 + (seed % 7)
      const caller = new SlidingCaller(requests, 65_000, 0)
      const log = new ExactLog(requests, 65_000 + 1)
      // Whole ticks, which are a millisecond of this window.
      for (const now of randomTrace(seeded(seed), requests, 65_000).map((moment) => Math.floor(moment) + 0.5)) {
        assert.equal(caller.take(now) >= 0, log.take(now), `seed ${seed} at ${now}`)
      }
    }
  })

  test('large amounts: never more in any window, and what is left is never understated by much', () => {
    for (const limit of [200_000, 1_000_000_000]) {
      for (const pages of [4, 0]) {
        const caller = new SlidingCaller(limit, 1_000, pages)
        const random = seeded(limit)
        const taken: [moment: number, amount: number][] = []
        for (let now = 0; now < 6_000; now += random.fraction() * 3) {
          const amount = 1 + random.below(limit / 100)
          if (caller.take(now, amount) >= 0) taken.push([now, amount])
          const sum = taken.reduce((total, [moment, size]) => (moment > now - 1_000 ? total + size : total), 0)
          assert.ok(sum <= limit, `${sum} of ${limit}`)
        }
        const sum = taken.reduce((total, [, size]) => total + size, 0)
        assert.ok(sum > (pages > 0 ? 5.9 : 4.5) * limit, `${sum / limit}`)
      }
    }
  })
})

/** Moments within `windows` windows at `factor` times the limit. */
const overloads: Readonly<
  Record<string, (random: Random, requests: number, window: number, factor: number, windows: number) => Iterable<number>>
> = {
  even: function* (_, requests, window, factor, windows) {
    for (let now = 12_345; now < 12_345 + window * windows; now += window / (requests * factor)) yield now
  },
  'at random': function* (random, requests, window, factor, windows) {
    for (let now = 12_345; now < 12_345 + window * windows; ) {
      now -= (Math.log(1 - random.fraction()) * window) / (requests * factor)
      yield now
    }
  },
  'in crowds': function* (random, requests, window, factor, windows) {
    for (let crowd = 0; crowd < windows * 10; crowd++) {
      const begin = 12_345 + ((crowd + random.fraction() * 0.6) * window) / 10
      for (let index = 0; index < (requests * factor) / 10; index++) yield begin + (index * window) / (requests * 1_000)
    }
  },
}

describe('under sustained overload', () => {
  for (const [kind, make] of Object.entries(overloads)) {
    for (const [requests, window] of [
      [1_000, 1_000],
      [5_000, 60_000],
    ] as const) {
      for (const factor of [1.01, 1.3, 2, 10, 100]) {
        test(`${kind}, ${factor} times ${requests} in ${window} ms: at least 99.7 % of what an exact log lets through`, () => {
          const windows = 8
          const caller = new SlidingCaller(requests, window)
          const log = new ExactLog(requests, window)
          const admitted: number[] = []
          let exact = 0
          for (const now of make(seeded(9), requests, window, factor, windows)) {
            if (caller.take(now) >= 0) admitted.push(now)
            if (factor < 100 && log.take(now)) exact++
          }
          assertNeverMore(admitted, requests, window, kind)
          const expected = factor < 100 ? exact : requests * windows
          assert.ok(admitted.length >= expected * 0.997, `${admitted.length} of ${expected}`)
        })
      }
    }
  }

  test('full load: 99.9 % of the limit over many windows', () => {
    for (const factor of [3, 30, 300]) {
      const caller = new SlidingCaller(1_000, 1_000)
      let admitted = 0
      for (let now = 0; now < 200_000; now += 1 / factor) if (caller.take(now) >= 0) admitted++
      assert.ok(admitted >= 200_000 * 0.999, `${admitted}`)
    }
  })

  test('a caller who stays below 99.9 % of the limit is never refused', () => {
    const caller = new SlidingCaller(1_000, 60_000)
    for (let now = 0; now < 600_000; now += 60_000 / 998) assert.ok(caller.take(now) >= 0, `at ${now}`)
  })
})

test('a page is for who needs it, and is given back when all is forgotten', () => {
  const caller = new SlidingCaller(100, 1_000)
  for (let now = 0; now < 70; now += 10) caller.take(now)
  assert.equal(caller.hasPage, false)
  for (let now = 70; now < 800; now += 10) caller.take(now)
  assert.equal(caller.hasPage, true)
  assert.equal(caller.left(800), 20)
  assert.equal(caller.left(3_000), 100)
  assert.equal(caller.hasPage, false)
})

test('the last pages of a region are for who has used half of the limit', () => {
  const caller = new SlidingCaller(100, 1_000, 2)
  for (let now = 0; now < 490; now += 10) caller.take(now)
  assert.equal(caller.hasPage, false)
  for (let now = 490; now < 600; now += 10) caller.take(now)
  assert.equal(caller.hasPage, true)
})

test('a page whose owner counts no more goes to who asks for it', () => {
  const caller = new SlidingCaller(20, 1_000, 0)
  for (const cell of [1_000, 1_001, 1_002, 1_003]) caller.cells.setEnd(cell, 300)
  for (let now = 500; now < 700; now += 10) caller.take(now)
  assert.equal(caller.hasPage, true)
})

test('the whole quota is there at once, and there again right after a window', () => {
  const caller = new SlidingCaller(5, 60_000)
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((now) => caller.take(now)),
    [4, 3, 2, 1, 0, -1],
  )
  assert.equal(caller.take(60_000), -1)
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((later) => caller.take(60_000 + later)),
    [0, 0, 0, 0, 0, -1],
  )
})

test('a clock that goes back counts where it was', () => {
  for (const pages of [4, 0]) {
    const caller = new SlidingCaller(30, 1_000, pages)
    for (let now = 4_900; now < 5_000; now += 4) caller.take(now)
    for (const now of [4_500, 4_000, 3_000, 4_950]) caller.take(now)
    assert.equal(caller.take(3_000), 0)
    assert.equal(caller.take(5_890), -1)
  }
})

test('what is given back can be taken again; nothing is given back twice', () => {
  const caller = new SlidingCaller(2, 1_000)
  caller.take(0)
  caller.take(0)
  caller.giveBack(0)
  assert.equal(caller.take(0), 0)
  for (let times = 0; times < 5; times++) caller.giveBack(0)
  assert.equal(caller.take(0), 1)
})

test('what is given back later is taken from where it was counted', () => {
  for (const requests of [3, 40]) {
    const caller = new SlidingCaller(requests, 1_000)
    for (let count = 0; count < requests; count++) caller.take(count * 20)
    caller.giveBack(0)
    assert.equal(caller.take(900), 0)
    assert.equal(caller.take(1_002), -1, 'the first was given back and no longer counts')
    assert.equal(caller.take(1_025), 0)
    caller.giveBack(-5_000)
    assert.equal(caller.take(1_025), -1)
  }
})

test('what is charged is more than the limit if it has to be, and is waited for', () => {
  for (const pages of [4, 0]) {
    const caller = new SlidingCaller(100_000, 1_000, pages)
    for (let step = 0; step < 30; step++) caller.charge(step * 10, 10_000)
    assert.equal(caller.left(300), -200_000)
    assert.equal(caller.take(300), -1)
    const wait = caller.wait(300)
    assert.ok(300 + wait > 1_190 && 300 + wait < (pages > 0 ? 1_210 : 1_300), `${wait}`)
    assert.ok(caller.take(300 + wait) >= 0)
  }
})

test('a single charge beyond all bounds is waited for, and forgotten after a window', () => {
  const caller = new SlidingCaller(10, 1_000)
  caller.charge(0, 1_000_000)
  assert.equal(caller.left(500), 10 - 1_000_000)
  caller.charge(600, 1)
  assert.equal(caller.take(1_300), -1)
  assert.equal(caller.take(2_700), 9)
})

test('years of running change nothing, and neither do long pauses', () => {
  const caller = new SlidingCaller(3, 1_000)
  for (const start of [0, 1_000 * (2 ** 32 / ticksInWindow), 10 * 365 * 86_400_000 + 0.3]) {
    assert.deepEqual(
      [0, 1, 2, 3].map((now) => caller.take(start + now)),
      [2, 1, 0, -1],
    )
    assert.equal(caller.take(start + 990), -1)
    assert.ok(caller.take(start + 1_020) >= 0)
  }
})
