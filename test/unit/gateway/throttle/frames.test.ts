import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CalendarPeriod } from '../../../../src/contract/plan/limit.ts'
import { CalendarFrame } from '../../../../src/gateway/throttle/frames.ts'

const hour = 3_600_000

/** The period around `moment`, in UTC. */
function around(period: CalendarPeriod, timeZone: string, moment: string): readonly [string, string] {
  const frame = new CalendarFrame(period, timeZone)
  frame.set(Date.parse(moment))
  return [new Date(frame.start).toISOString(), new Date(frame.end).toISOString()]
}

function lengthOf([start, end]: readonly [string, string]): number {
  return Date.parse(end) - Date.parse(start)
}

describe('periods of the calendar', () => {
  test('days, months and years of UTC', () => {
    assert.deepEqual(around('day', 'UTC', '2026-07-31T12:00:00Z'), ['2026-07-31T00:00:00.000Z', '2026-08-01T00:00:00.000Z'])
    assert.deepEqual(around('month', 'UTC', '2028-02-29T23:59:59.999Z'), ['2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'])
    assert.deepEqual(around('year', 'UTC', '2026-01-01T00:00:00Z'), ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'])
  })

  test('a day ends at the midnight of its time zone', () => {
    assert.deepEqual(around('day', 'Asia/Kolkata', '2026-07-01T00:00:00Z'), ['2026-06-30T18:30:00.000Z', '2026-07-01T18:30:00.000Z'])
    assert.deepEqual(around('month', 'America/New_York', '2026-03-01T04:59:59Z'), ['2026-02-01T05:00:00.000Z', '2026-03-01T05:00:00.000Z'])
  })

  test('days on which the clocks change have 23 and 25 hours', () => {
    assert.equal(lengthOf(around('day', 'Europe/Berlin', '2026-03-29T10:00:00Z')), 23 * hour)
    assert.equal(lengthOf(around('day', 'Europe/Berlin', '2026-10-25T10:00:00Z')), 25 * hour)
    assert.equal(lengthOf(around('day', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z')), 24.5 * hour)
  })

  test('a day that has no midnight begins with its first moment', () => {
    assert.deepEqual(around('day', 'America/Sao_Paulo', '2018-11-04T12:00:00Z'), ['2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'])
  })

  test('a day that a time zone left out is no day', () => {
    assert.deepEqual(around('day', 'Pacific/Apia', '2011-12-30T09:00:00Z'), ['2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'])
    assert.deepEqual(around('day', 'Pacific/Apia', '2011-12-30T10:00:00Z'), ['2011-12-30T10:00:00.000Z', '2011-12-31T10:00:00.000Z'])
  })

  test('each period ends where the next begins, over years', () => {
    for (const timeZone of ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
      for (const period of ['day', 'month', 'year'] as const) {
        const frame = new CalendarFrame(period, timeZone)
        frame.set(Date.UTC(2016, 0, 15))
        for (let step = 0; step < (period === 'day' ? 800 : 40); step++) {
          const { end } = frame
          frame.set(end)
          assert.equal(frame.start, end)
          assert.equal(frame.nextAfter(frame.start), frame.end)
        }
      }
    }
  })

  test('a time zone that is not known is no frame', () => {
    assert.throws(() => new CalendarFrame('day', 'Mars/Olympus'), RangeError)
  })
})
