import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areWithin, isWithin, type Window } from '../../../../src/cli/diff/window-strictness.ts'

function window(algorithm: Window['algorithm'], amount: number, seconds: number | null, more: Partial<Window> = {}): Window {
  return { unit: 'requests', amount, algorithm, windowSeconds: seconds, calendar: null, burst: null, exactness: '', ...more }
}

const minute = window('sliding', 10, 60)
const day = (amount: number, timeZone = 'UTC'): Window => window('calendar', amount, null, { calendar: { period: 'day', timeZone } })

test('what lets less through is within what lets more through, and not the reverse', () => {
  const pairs: readonly (readonly [Window, Window])[] = [
    [window('sliding', 9, 60), minute],
    [minute, window('sliding', 20, 60)],
    // Ten in any minute are ten in every minute of the clock, and fifty in any five minutes.
    [minute, window('fixed', 10, 60)],
    [minute, window('sliding', 50, 300)],
    [window('fixed', 10, 60), window('fixed', 50, 300)],
    // A fixed window lets twice as much through around its end.
    [window('fixed', 5, 60), minute],
    [window('gcra', 8, 60, { burst: 2 }), minute],
    [window('gcra', 10, 60, { burst: 5 }), window('gcra', 10, 60, { burst: 6 })],
    [window('gcra', 1, 6, { burst: 5 }), window('gcra', 11, 60, { burst: 5 })],
    [day(99), day(100)],
    [window('sliding', 1, 3600), day(25)],
  ]
  for (const [strict, loose] of pairs) {
    assert.ok(isWithin(strict, loose), JSON.stringify([strict, loose]))
    assert.ok(!isWithin(loose, strict), JSON.stringify([loose, strict]))
  }
})

test('what cannot be compared is within nothing', () => {
  assert.ok(!isWithin(minute, window('sliding', 10, 60, { unit: 'bytes' })))
  assert.ok(!isWithin(window('fixed', 10, 60), minute))
  assert.ok(!isWithin(minute, window('gcra', 10, 60, { burst: 10 })))
  assert.ok(!isWithin(day(10), day(10, 'Asia/Tokyo')))
  assert.ok(!isWithin(day(10), window('sliding', 10, 86_400)))
  // A day may have 25 hours.
  assert.ok(!isWithin(window('sliding', 1, 3600), day(24)))
})

test('all windows of a limit hold together', () => {
  assert.ok(areWithin([minute, day(100)], [minute]))
  assert.ok(!areWithin([minute], [minute, day(100)]))
  assert.ok(areWithin([minute], []))
})
