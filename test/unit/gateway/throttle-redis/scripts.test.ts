/** The ledgers' scripts in a real Redis: what is lent, what counts for how long, and what becomes of calls that are lost, late or repeated. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createClient } from '@redis/client'
import { countScript, giveBackScript, leaseScript, markScript } from '../../../../src/gateway/throttle-redis/scripts.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'

type Terms = {
  readonly kind?: string
  readonly limit: number
  readonly window?: number
  readonly burst?: number
  readonly lost?: number
  readonly length?: number
}

/** What a gateway says: what it ever used, what it holds, what it wants. */
type Said = {
  readonly call: number
  readonly used?: number
  readonly known?: number
  readonly held?: number
  readonly want?: number
  readonly debt?: number
  readonly usedBy?: number
}

describe('ledgers', { skip: redisIsMissing }, () => {
  let redis: Redis
  let run: (words: readonly string[]) => Promise<unknown>
  let end: () => void
  let names = 0

  before(async () => {
    redis = await Redis.start()
    const client = createClient({ url: redis.url, RESP: 2 })
    await client.connect()
    run = (words) => client.sendCommand(words)
    end = () => client.destroy()
  })
  after(async () => {
    end()
    await redis.stop()
  })

  /** A ledger of its own, with a window that outlasts the test. */
  function ledger({ kind = 'sliding', limit, window = 3_600_000, burst = 0, lost = 0, length = 4_000 }: Terms) {
    const name = `ledger-${names++}`
    const terms = `${limit} ${window} ${burst} ${lost} ${length}`
    return {
      name,
      lease: async (
        gateway: string,
        { call, used = 0, known = 0, held = 0, want = 0, debt = 0, usedBy = 0 }: Said,
      ): Promise<readonly unknown[]> => {
        const said = [call, used, known, held, want, debt, usedBy].join(' ')
        return (await run(['EVAL', leaseScript, '1', name, kind, terms, gateway, said])) as readonly unknown[]
      },
      count: async (amount: number): Promise<readonly unknown[]> => {
        const [reply] = (await run(['EVAL', countScript, '1', name, kind, terms, String(amount)])) as readonly (readonly unknown[])[]
        return reply!
      },
      giveBack: (amount: number, age: number): Promise<unknown> =>
        run(['EVAL', giveBackScript, '1', name, kind, terms, String(amount), String(age)]),
    }
  }

  test('gcra: the next one is due where it is, and not an interval after it was asked for', async () => {
    const { lease, count } = ledger({ kind: 'gcra', limit: 1, burst: 1, length: 0 })
    assert.equal((await lease('a', { call: 1, want: 1 }))[2], 1)
    const pauses = [Number((await lease('b', { call: 1, want: 1 }))[5])]
    pauses.push(Number((await lease('a', { call: 2, used: 1, want: 1 }))[5]))
    const [first = 0, second = 0] = pauses
    assert.ok(first < 3_600_000 && second < first && second > 3_000_000, String(pauses))
    const [fits, , wait] = await count(1)
    assert.ok(fits === 0 && Number(wait) <= 3_600_000)
  })

  for (const kind of ['sliding', 'fixed', 'gcra'] as const) {
    const terms = kind === 'gcra' ? { kind, limit: 1, burst: 100 } : { kind, limit: 100 }
    // A lease shifts an even rate by its length, which is less than one interval here.
    const shifted = kind === 'gcra' ? 1 : 0

    test(`${kind}: all that is lent is never more than the limit`, async () => {
      const { lease } = ledger(terms)
      const granted: number[] = []
      for (const gateway of ['a', 'b', 'c', 'd']) granted.push(Number((await lease(gateway, { call: 1, want: 60 }))[2]))
      assert.deepEqual(granted, [60, 20, 10, 5])
      assert.ok(granted.reduce((all, each) => all + each) <= 100)
    })

    test(`${kind}: what was used stays counted, and what was not goes back`, async () => {
      const { lease } = ledger(terms)
      await lease('a', { call: 1, want: 100 })
      const [, kept, granted, , free] = await lease('a', { call: 2, used: 30, held: 0, want: 0 })
      assert.deepEqual([kept, granted, free], [0, 0, 70 - shifted])
    })

    test(`${kind}: a call that is late or comes twice changes nothing`, async () => {
      const { lease } = ledger(terms)
      await lease('a', { call: 2, used: 10, want: 20 })
      assert.deepEqual(await lease('a', { call: 2, used: 10, want: 20 }), ['stale'])
      assert.deepEqual(await lease('a', { call: 1, used: 5, want: 90 }), ['stale'])
      assert.equal((await lease('a', { call: 3, used: 10, held: 20 }))[4], 70)
    })

    test(`${kind}: a call whose reply was lost is counted once`, async () => {
      const { lease } = ledger(terms)
      await lease('a', { call: 1, want: 40 })
      // It was counted, and the gateway does not know: what it says now includes it.
      await lease('a', { call: 2, used: 25, known: 0, held: 15 })
      assert.equal((await lease('a', { call: 3, used: 30, known: 0, held: 10 }))[4], 60 - shifted)
    })

    test(`${kind}: a gateway that is new does not count for what one of that name used before`, async () => {
      const { lease } = ledger(terms)
      await lease('a', { call: 1, want: 10 })
      await lease('a', { call: 2, used: 10 })
      assert.equal((await lease('a', { call: 3, used: 510, known: 500 }))[4], 80 - shifted)
    })

    test(`${kind}: nobody may keep what was not lent`, async () => {
      const { lease } = ledger(terms)
      assert.deepEqual((await lease('a', { call: 1, held: 50, want: 1 })).slice(0, 3), ['ok', 0, 1])
    })

    test(`${kind}: what passed while Redis was away is counted, also above the limit`, async () => {
      const { lease } = ledger(terms)
      const [, , granted, , free, pause] = await lease('a', { call: 1, want: 5, debt: 130 })
      assert.deepEqual([granted, free], [0, 0])
      assert.ok(Number(pause) > 0)
    })

    test(`${kind}: counts what fits, and says how long it takes until more does`, async () => {
      const { count, lease } = ledger(terms)
      await lease('a', { call: 1, want: 98 - shifted })
      const fits: unknown[] = []
      for (let index = 0; index < 3; index++) fits.push((await count(1))[0])
      assert.deepEqual(fits, [1, 1, 0])
      assert.ok(Number((await count(1))[2]) > 0)
    })

    test(`${kind}: gives back what still counts`, async () => {
      const { count, giveBack } = ledger(terms)
      await count(100)
      assert.equal((await count(1))[0], 0)
      await giveBack(2, 5)
      assert.deepEqual([(await count(1))[0], (await count(1))[0], (await count(1))[0]], [1, 1, 0])
      assert.equal(await giveBack(1, 10 * 3_600_000), 0)
    })

    test(`${kind}: a ledger that may have been lost lends nothing`, async () => {
      const now = Date.now()
      const { lease, count } = ledger({ ...terms, lost: now })
      const [status, pause] = await lease('a', { call: 1, want: 5 })
      assert.equal(status, 'closed')
      assert.ok(Number(pause) > 0)
      assert.equal((await lease('b', { call: 1, want: 5 }))[0], 'closed')
      assert.equal(await count(1), 'closed')
      const old = ledger({ ...terms, lost: now - 1_000 * 3_600_000 })
      assert.equal((await old.lease('a', { call: 1, want: 5 }))[0], 'ok')
    })
  }

  test('what was used counts from when it was, also where Redis hears of it late', async () => {
    const window = 960_000
    const { lease, name } = ledger({ limit: 100, window })
    const period = window / 96
    const time = Number((await lease('a', { call: 1, want: 50 }))[7])
    // The period before, unless that is longer ago than a question may be late.
    await lease('a', { call: 2, used: 5, usedBy: time - 1_000, held: 45 })
    const slots = ((await run(['HKEYS', name])) as readonly string[]).filter((field) => field.startsWith('p'))
    assert.equal(slots.length, 1)
    assert.ok(
      [time - 1_000, time - 999].some((moment) => slots[0] === `p${Math.floor(moment / period)}`),
      `${slots[0]} at ${time}`,
    )
    // A moment to come is none.
    await lease('b', { call: 1, used: 1, usedBy: time + 10 * window })
    const later = ((await run(['HKEYS', name])) as readonly string[]).filter((field) => field.startsWith('p'))
    assert.ok(later.every((field) => Number(field.slice(1)) <= Math.floor(Date.now() / period)))
  })

  test('a lease of an aligned window ends with it', async () => {
    const { lease } = ledger({ kind: 'fixed', limit: 10, window: 500 })
    const [, , , length, , , left] = await lease('a', { call: 1, want: 5 })
    assert.ok(Number(length) <= Number(left) && Number(left) <= 500)
  })

  test('several ledgers are counted all or none', async () => {
    const terms = (limit: number): string => `${limit} 3600000 0 0 4000`
    const both = (): Promise<unknown> => run(['EVAL', countScript, '2', 'one', 'two', 'sliding', terms(2), '1', 'sliding', terms(1), '1'])
    const parts = async (): Promise<unknown> => ((await both()) as readonly (readonly unknown[])[]).map(([fits, left]) => [fits, left])
    assert.deepEqual(await parts(), [
      [1, 1],
      [1, 0],
    ])
    assert.deepEqual(await parts(), [
      [1, 1],
      [0, 0],
    ])
    assert.deepEqual(await parts(), [
      [1, 1],
      [0, 0],
    ])
  })

  test('every ledger has an end', async () => {
    const { name, count } = ledger({ limit: 5, window: 10_000 })
    await count(1)
    const left = Number(await run(['PTTL', name]))
    assert.ok(left > 10_000 && left < 300_000, String(left))
  })

  test('a Redis that lost its memory is known by its mark', async () => {
    const mark = async (known: string): Promise<readonly string[]> =>
      (await run(['EVAL', markScript, '1', 'mark', known, 'me'])) as readonly string[]
    const [first = '', never] = await mark('')
    assert.equal(never, '0')
    assert.deepEqual(await mark(first), [first, '0'])
    assert.deepEqual(await mark(''), [first, '0'])
    await run(['FLUSHALL'])
    const [second = '', lost] = await mark(first)
    assert.notEqual(second, first)
    assert.ok(Math.abs(Number(lost) - Date.now()) < 60_000)
    // Who comes later is told as well.
    assert.deepEqual(await mark(''), [second, lost])
    await run(['FLUSHALL'])
    // Somebody new was first, and could not know.
    const [third = ''] = await mark('')
    assert.equal((await mark(second))[1], String(Math.floor(Number(third.split('-')[0]) / 1_000)))
  })
})
