/** Quota that a request was counted by in Redis, and that it gives back because it was refused later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeaseKeeper } from '../../../../src/gateway/throttle-redis/lease-keeper.ts'
import { StrictQuestions } from '../../../../src/gateway/throttle-redis/strict-questions.ts'
import { storeAt } from '../../../fleet/fleet.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { redisStep } from './redis-step.ts'

for (const mode of ['leased', 'strict'] as const) {
  for (const amount of [4, 400]) {
    test(`${mode}: is there for the next request, of ${amount}`, { skip: redisIsMissing }, async (t) => {
      const redis = await Redis.start()
      t.after(() => redis.stop())
      const windows = [{ algorithm: 'fixed', unit: 'requests', amount, window: 365 * 86_400_000 } as const]
      const step = await redisStep(t, storeAt(redis.url, { mode, timeout: 5_000 }), windows)
      const call = async () => {
        const exchange = sampleExchange()
        return (await step(exchange)) === undefined ? exchange : null
      }
      const passed: Awaited<ReturnType<typeof call>>[] = []
      // What is held ahead comes back by and by.
      for (let tries = 0; passed.length < amount && tries < 10_000; tries++) {
        const exchange = await call()
        if (exchange !== null) passed.push(exchange)
        else await sleep(2)
      }
      assert.equal(passed.length, amount)
      assert.equal(await call(), null)
      for (const exchange of passed.slice(0, 3)) exchange!.end()
      let again = 0
      for (let tries = 0; again < 3 && tries < 10_000; tries++) {
        if ((await call()) !== null) again++
        else await sleep(2)
      }
      assert.equal(again, 3)
      assert.equal(await call(), null)
    })
  }
}

test('since when it may have been counted is said from before Redis was asked', async () => {
  const clock = new ManualClock()
  const said: (readonly string[])[] = []
  const store = {
    away: false,
    lost: 0,
    run: async (_script: unknown, _keys: readonly string[], words: readonly string[]) => {
      said.push(words)
      return null
    },
  }
  const terms = {
    kind: 'fixed',
    text: () => '1 1000 0 0 125',
    budget: 1,
    bytes: false,
    least: 1,
    memory: 1_000,
    lease: 125,
    look: 5,
    ahead: 50,
  } as const
  const parts = {
    store,
    key: { ledger: () => 'ledger', mark: 'mark', prefix: '', seed: new Uint8Array() },
    clock,
    holder: 'a',
    away: { take: () => 0 },
  }
  clock.advance(5_000)
  new StrictQuestions(parts as never).giveBack({ terms } as never, 1, 1, 1, 4_700)
  new LeaseKeeper(parts as never).giveBack({ terms } as never, null, 1, 1, 1, 4_800)
  assert.deepEqual(
    said.map((words) => words.slice(-2)),
    [
      ['1', '300'],
      ['1', '200'],
    ],
  )
})
