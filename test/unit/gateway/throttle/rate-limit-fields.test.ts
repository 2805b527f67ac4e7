import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import { wholeSeconds } from '../../../../src/gateway/limit-refusals.ts'
import { rateLimitText } from '../../../../src/gateway/throttle/rate-limit-fields.ts'
import { sampleLimit } from '../sample-plan.ts'

const minute: WindowPlan = { unit: 'requests', amount: 1_000, window: 60_000, algorithm: 'sliding' }
const second: WindowPlan = { unit: 'requests', amount: 20, window: 1_000, algorithm: 'sliding' }

test('one window is named by its tier', () => {
  const text = rateLimitText([{ limit: sampleLimit(), window: minute }])
  assert.deepEqual(text, { start: 'RateLimit-Policy: "Gold";q=1000;w=60\r\nRateLimit: ', items: ['"Gold";r='] })
})

test('several windows of a tier are named by their length', () => {
  const limit = sampleLimit({ tier: 'Steady' })
  const text = rateLimitText([
    { limit, window: minute },
    { limit, window: second },
  ])
  assert.equal(text.start, 'RateLimit-Policy: "Steady-60s";q=1000;w=60, "Steady-1s";q=20;w=1\r\nRateLimit: ')
})

test('one tier at two levels is named by level, and different tiers by themselves', () => {
  const api = sampleLimit({ level: 'api' })
  const operation = sampleLimit({ level: 'operation' })
  assert.deepEqual(
    rateLimitText([
      { limit: api, window: minute },
      { limit: operation, window: minute },
    ]).items,
    ['"Gold-api-60s";r=', '"Gold-operation-60s";r='],
  )
  const bronze = sampleLimit({ tier: 'Bronze' })
  assert.deepEqual(
    rateLimitText([
      { limit: api, window: minute },
      { limit: bronze, window: minute },
    ]).items,
    ['"Gold";r=', '"Bronze";r='],
  )
})

test('names are unique even where nothing tells the windows apart', () => {
  const odd = ['ä', 'ö'].map((tier) => ({ limit: sampleLimit({ tier }), window: minute }))
  assert.deepEqual(rateLimitText(odd).items, ['"?-1";r=', '"?-2";r='])
})

test('a tier’s name cannot leave its string', () => {
  const tier = 'a"b\\c\r\nX: y\u{1f600}'
  assert.equal(rateLimitText([{ limit: sampleLimit({ tier }), window: minute }]).items[0], '"a\\"b\\\\c??X: y?";r=')
})

test('a window that is no whole number of seconds is not stated', () => {
  const half = { ...second, window: 500 }
  assert.equal(rateLimitText([{ limit: sampleLimit(), window: half }]).start, 'RateLimit-Policy: "Gold";q=20\r\nRateLimit: ')
})

test('seconds are whole, never too early, and at least one', () => {
  assert.deepEqual([0, 0.001, 1, 999, 1_000, 1_000.5, 60_000].map(wholeSeconds), [1, 1, 1, 1, 1, 2, 60])
})
