/** Of a burst below 20 nothing can be held ahead: it would be missing elsewhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { storeAt } from '../../../fleet/fleet.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { redisStep } from './redis-step.ts'

for (const burst of [1, 5, 19])
  test(`all of a burst of ${burst} passes, over two gateways, and no more`, { skip: redisIsMissing }, async (t) => {
    const redis = await Redis.start()
    t.after(() => redis.stop())
    // One more comes each hour.
    const windows = [{ algorithm: 'gcra', unit: 'requests', amount: 1, window: 3_600_000, burst } as const]
    const store = storeAt(redis.url, { mode: 'leased', timeout: 5_000 })
    const steps = [await redisStep(t, store, windows), await redisStep(t, store, windows)]
    let passed = 0
    for (let turn = 0; turn < 1_000; turn++) {
      const refusal = await steps[turn % 2]!(sampleExchange())
      if (refusal === undefined) passed++
      // Redis is not known to be there yet.
      else if (refusal.kind === 'quota-unknown') await sleep(5)
      else break
    }
    assert.equal(passed, burst)
    for (const step of steps) assert.notEqual(await step(sampleExchange()), undefined)
  })
