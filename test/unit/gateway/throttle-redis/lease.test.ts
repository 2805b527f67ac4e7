import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import { Lease } from '../../../../src/gateway/throttle-redis/lease.ts'
import { termsOf } from '../../../../src/gateway/throttle-redis/terms.ts'

const window: WindowPlan = { algorithm: 'sliding', unit: 'requests', amount: 1_000, window: 1_000 }

function leased(amount = 1_000): Lease {
  return new Lease(termsOf({ ...window, amount }, null), 1, 2, 0, 0)
}

/** Redis grants all that is wanted, and has so much left. */
function granted(lease: Lease, now: number, free: number, most = Number.POSITIVE_INFINITY): number {
  const { held, want } = lease.ask(now)
  const grant = Math.min(want, most)
  lease.answered(
    { sentAt: now, repliedAt: now + 1, held, kept: held, granted: grant, lease: 125, free, pause: free === 0 ? 10 : 0, want },
    lease.told,
  )
  return grant
}

/** So many requests in each of some looks. */
function demand(lease: Lease, each: number, looks: number, from = 0): number {
  let now = from
  for (let look = 0; look < looks; look++) {
    now += lease.terms.look
    lease.wants(each)
    lease.look(now)
  }
  return now
}

test('what is held follows what is wanted', () => {
  const lease = leased()
  granted(lease, 0, 900)
  assert.equal(lease.target, 5)
  demand(lease, 2, 20)
  assert.ok(lease.target > 20 && lease.target <= 50, String(lease.target))
})

test('who waits long for replies holds more, for as long as that is so', () => {
  const lease = leased()
  for (let now = 10; now <= 1_000; now += 10) {
    lease.wants(2)
    lease.look(now)
  }
  const asked = (): number => {
    const { held, want } = lease.ask(1_000)
    return held + want
  }
  const reply = (trip: number): void =>
    lease.answered(
      { sentAt: 1_000, repliedAt: 1_000 + trip, held: 0, kept: 0, granted: 0, lease: 125, free: 100, pause: 0, want: 1 },
      lease.told,
    )
  reply(1)
  const quick = asked()
  reply(200)
  const slow = asked()
  assert.ok(slow >= 2 * quick, `${quick} and ${slow}`)
  for (let replies = 0; replies < 20; replies++) reply(1)
  assert.equal(asked(), quick)
})

test('no more than a twentieth is held, and of a small limit nothing', () => {
  const busy = leased()
  granted(busy, 0, 900)
  demand(busy, 500, 20)
  assert.equal(busy.target, 50)
  const small = leased(19)
  granted(small, 0, 19)
  demand(small, 5, 20)
  assert.equal(small.target, 0)
})

test('a lease is over before it is in Redis', () => {
  const lease = leased()
  lease.waiting = 5
  granted(lease, 1_000, 900)
  assert.ok(lease.end < 1_125 && lease.end > 1_100)
  // Nothing of it is said to be held after that.
  assert.equal(lease.balance, 5)
  assert.equal(lease.ask(lease.end).held, 0)
})

test('what is spent while a question is on its way is told with the next one', () => {
  const lease = leased()
  lease.waiting = 5
  granted(lease, 0, 900)
  const { held, want } = lease.ask(10)
  const { told } = lease
  lease.spend(3)
  lease.answered({ sentAt: 10, repliedAt: 11, held, kept: held, granted: want, lease: 125, free: 900, pause: 0, want }, told)
  assert.equal(lease.balance, 5 + want - 3)
  assert.deepEqual([lease.known, lease.used], [0, 3])
})

test('what Redis does not let it keep is gone', () => {
  const lease = leased()
  lease.waiting = 5
  granted(lease, 0, 900)
  const { held, want } = lease.ask(10)
  lease.answered({ sentAt: 10, repliedAt: 11, held, kept: 0, granted: 1, lease: 125, free: 900, pause: 0, want }, lease.told)
  assert.equal(lease.balance, 1)
})

test('what Redis was told cannot be taken back', () => {
  const lease = leased()
  lease.waiting = 5
  granted(lease, 0, 900)
  lease.spend(2)
  lease.ask(10)
  lease.spend(1)
  assert.equal(lease.takeBack(3, 10), 2)
  assert.equal(lease.used, 2)
  lease.spend(1)
  assert.equal(lease.takeBack(1, 9), 1, 'what was counted before Redis was told is not what came since')
  assert.equal(lease.used, 3)
})

test('without requests all goes back, and then it rests', () => {
  const lease = leased()
  granted(lease, 0, 900)
  assert.ok(lease.balance > 0)
  assert.equal(lease.look(2_000), true)
  const { held, want } = lease.ask(2_000)
  assert.deepEqual([held, want], [0, 0])
  assert.equal(lease.rests(2_000), true)
})

test('where nothing is left, who comes is refused until some can be', () => {
  const lease = leased()
  granted(lease, 0, 0, 0)
  assert.equal(lease.closedUntil, 10)
})

test('of a small burst, who was refused is asked for again before the next one is due', () => {
  const even = (amount: number): Lease =>
    new Lease(termsOf({ algorithm: 'gcra', unit: 'requests', amount, window: 1_000, burst: 1 }, null), 1, 2, 0, 0)
  const quietAfter = (lease: Lease, pause: number): number => {
    lease.ask(0)
    lease.answered({ sentAt: 0, repliedAt: 0.5, held: 0, kept: 0, granted: 0, lease: 0, free: 0, pause, want: 1 }, lease.told)
    return lease.quietUntil
  }
  // One is due each millisecond, and each ten; the pause is what Redis says of the next.
  assert.equal(quietAfter(even(1_000), 0.25), 0.75)
  assert.equal(quietAfter(even(1_000), 0.9), 0.9)
  assert.equal(quietAfter(even(100), 0.25), 2.5)
})
