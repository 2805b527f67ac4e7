import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LimitPlan, WindowPlan } from '../../../../src/contract/plan/limit.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import type { Exchange, Refusal } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { throttleCapability } from '../../../../src/gateway/throttle/throttle.ts'
import { noThrottling } from '../../../wire/plan.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { sampleLimit, sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

function sliding(requests: number, window = 60_000): WindowPlan {
  return { unit: 'requests', amount: requests, window, algorithm: 'sliding' }
}

function fixed(requests: number, window = 60_000): WindowPlan {
  return { unit: 'requests', amount: requests, window, algorithm: 'fixed' }
}

type Call = { readonly consumer?: string; readonly address?: string; readonly operation?: number }

/** A gateway whose operations have these limits, all of them by default. */
function rig(
  limits: readonly LimitPlan[],
  operations: readonly (readonly number[])[] = [limits.map((_, index) => index)],
  capacity = 1_024,
) {
  const plan: GatewayPlan = samplePlan({
    throttling: { ...noThrottling, limits, capacity },
    operations: operations.map((own, index) => sampleOperation({ id: `operation-${index}`, limits: own })),
  })
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  const metrics = new Metrics(plan, 'sha256:test')
  const throttling = throttleCapability(sampleSurroundings(plan, clock, metrics))
  const steps = plan.operations.map((operation) => throttling.throttle(operation, requestFields([])))
  const call = ({ consumer, address = '192.0.2.1', operation = 0 }: Call = {}): { refusal: Refusal | undefined; exchange: Exchange } => {
    const exchange = sampleExchange(null, address)
    if (consumer !== undefined) exchange.consumer = new Consumer(consumer)
    return { refusal: steps[operation]?.(exchange) as Refusal | undefined, exchange }
  }
  const passes = (options?: Call): boolean => call(options).refusal === undefined
  return { plan, clock, metrics, throttling, call, passes }
}

test('an operation without limits, or with a tier without windows, has no step', () => {
  const { throttling, plan } = rig([sampleLimit({ tier: 'Unlimited', windows: [] })], [[], [0]])
  assert.deepEqual(
    plan.operations.map((operation) => throttling.throttle(operation, requestFields([]))),
    [null, null],
  )
})

test('each answer says which limit holds and what is left of it', () => {
  const { call, clock } = rig([sampleLimit({ windows: [sliding(2)] })])
  assert.equal(call().exchange.answerFields, 'RateLimit-Policy: "Gold";q=2;w=60\r\nRateLimit: "Gold";r=1;t=60\r\n')
  assert.equal(call().exchange.answerFields, 'RateLimit-Policy: "Gold";q=2;w=60\r\nRateLimit: "Gold";r=0;t=60\r\n')
  clock.advance(15_000)
  const { refusal, exchange } = call()
  assert.deepEqual(refusal, { kind: 'operation-quota', fields: 'Retry-After: 46\r\n', reason: 'Gold' })
  assert.equal(exchange.answerFields, 'RateLimit-Policy: "Gold";q=2;w=60\r\nRateLimit: "Gold";r=0;t=46\r\n')
})

test('a fixed window says when it ends', () => {
  const { call, clock } = rig([sampleLimit({ level: 'api', windows: [fixed(1)] })])
  clock.advance(18_500)
  assert.equal(call().exchange.answerFields, 'RateLimit-Policy: "Gold";q=1;w=60\r\nRateLimit: "Gold";r=0;t=42\r\n')
  assert.deepEqual(call().refusal, { kind: 'api-quota', fields: 'Retry-After: 42\r\n', reason: 'Gold' })
  clock.advance(41_500)
  assert.equal(call().refusal, undefined)
})

test('whoever comes back when Retry-After says is let through', () => {
  for (const windows of [[sliding(3)], [fixed(3)], [sliding(3), sliding(1, 1_000)], [sliding(2, 250), fixed(3, 10_000)]]) {
    const { call, clock } = rig([sampleLimit({ windows })])
    for (let round = 0; round < 200; round++) {
      const { refusal } = call()
      if (refusal === undefined) clock.advance(37.3)
      else {
        clock.advance(Number(/^Retry-After: (\d+)\r\n$/.exec(refusal.fields)?.[1]) * 1_000)
        assert.equal(call().refusal, undefined, `round ${round}`)
      }
    }
  }
})

describe('who is counted', () => {
  test('by consumer: each application for itself, whichever token it comes with', () => {
    const { passes } = rig([sampleLimit({ windows: [sliding(1)] })])
    assert.equal(passes({ consumer: 'application:0:1' }), true)
    assert.equal(passes({ consumer: 'application:0:2' }), true)
    assert.equal(passes({ consumer: 'application:0:1' }), false)
    assert.equal(passes({ consumer: 'application:1:1' }), true)
  })

  test('by consumer without a token: by address', () => {
    const { passes } = rig([sampleLimit({ windows: [sliding(1)] })])
    assert.deepEqual(
      [passes({ address: '192.0.2.1' }), passes({ address: '192.0.2.2' }), passes({ address: '192.0.2.1' })],
      [true, true, false],
    )
  })

  test('by address: all consumers behind it together', () => {
    const { passes } = rig([sampleLimit({ by: 'address', windows: [sliding(1)] })])
    assert.equal(passes({ consumer: 'application:0:1' }), true)
    assert.equal(passes({ consumer: 'application:0:2' }), false)
    assert.equal(passes({ consumer: 'application:0:2', address: '192.0.2.2' }), true)
  })

  test('by API: everybody together', () => {
    const { passes } = rig([sampleLimit({ by: 'api', windows: [sliding(2)] })])
    assert.deepEqual([passes({ consumer: 'a' }), passes({ consumer: 'b' }), passes({ address: '192.0.2.9' })], [true, true, false])
  })
})

describe('several limits', () => {
  test('operations that share a limit share its counter, and others have their own', () => {
    const { passes } = rig([sampleLimit({ windows: [sliding(1)] }), sampleLimit({ windows: [sliding(1)] })], [[0], [0], [1]])
    assert.deepEqual([passes({ operation: 0 }), passes({ operation: 1 }), passes({ operation: 2 })], [true, false, true])
  })

  test('the first that refuses gives the code; Retry-After is for all of them', () => {
    const { call } = rig([
      sampleLimit({ tier: 'Api', level: 'api', windows: [sliding(1, 1_000)] }),
      sampleLimit({ tier: 'Own', level: 'operation', windows: [sliding(1, 60_000)] }),
    ])
    assert.equal(
      call().exchange.answerFields,
      'RateLimit-Policy: "Api";q=1;w=1, "Own";q=1;w=60\r\nRateLimit: "Api";r=0;t=1, "Own";r=0;t=60\r\n',
    )
    const { refusal, exchange } = call()
    assert.deepEqual(refusal, { kind: 'api-quota', fields: 'Retry-After: 61\r\n', reason: 'Api' })
    assert.equal(exchange.answerFields, 'RateLimit-Policy: "Api";q=1;w=1, "Own";q=1;w=60\r\nRateLimit: "Own";r=0;t=61\r\n')
  })

  test('a refused request uses up no quota of any of them', () => {
    for (const algorithm of ['sliding', 'fixed'] as const) {
      const wide: WindowPlan = { unit: 'requests', amount: 10, window: 3_600_000, algorithm }
      const narrow: WindowPlan = { unit: 'requests', amount: 1, window: 60_000, algorithm }
      const { passes, call, clock } = rig([sampleLimit({ level: 'api', windows: [wide, narrow] })])
      assert.equal(passes(), true)
      for (let attempt = 0; attempt < 50; attempt++) assert.equal(passes(), false)
      clock.advance(120_000)
      assert.match(call().exchange.answerFields, /"Gold-3600s";r=8;/)
    }
  })
})

test('requests that are refused are counted by operation and level', () => {
  const { passes, metrics } = rig(
    [sampleLimit({ windows: [sliding(1)] }), sampleLimit({ level: 'api', windows: [sliding(1)] })],
    [[0], [1]],
  )
  for (const operation of [0, 0, 0, 1, 1]) passes({ operation })
  const text = metrics.render()
  assert.match(text, /postern_throttled_total\{operation="operation-0",level="operation"\} 2\n/)
  assert.match(text, /postern_throttled_total\{operation="operation-1",level="api"\} 1\n/)
  assert.match(text, /\npostern_throttle_counters 2\n/)
})

test('a limit that only marks lets pass what is beyond it, does not count it, and the others hold', () => {
  const { call, clock, metrics } = rig([
    sampleLimit({ tier: 'Soft', whenUsedUp: 'mark', windows: [sliding(2, 1_000)] }),
    sampleLimit({ tier: 'Hard', level: 'api', windows: [sliding(4)] }),
  ])
  const marks = [0, 1, 2, 3].map(() => call().exchange.overQuota)
  assert.deepEqual(marks, ['', '', 'Soft', 'Soft'])
  clock.advance(1_010)
  const { refusal, exchange } = call()
  assert.equal(refusal?.kind, 'api-quota')
  assert.match(exchange.answerFields, /"Hard";r=0/)
  assert.match(metrics.render(), /postern_over_quota_total\{operation="operation-0",level="operation"\} 2\n/)
})

test('a table that is too small for all callers still limits, and counts what it forgets', () => {
  const { passes, metrics } = rig([sampleLimit({ windows: [sliding(1)] })], undefined, 8)
  for (let caller = 0; caller < 1_100; caller++) {
    const consumer = `application:0:${caller}`
    assert.deepEqual([passes({ consumer }), passes({ consumer })], [true, false])
  }
  const forgotten = Number(/\npostern_throttle_evictions_total (\d+)\n/.exec(metrics.render())?.[1])
  assert.ok(forgotten >= 76 && forgotten < 300, `${forgotten}`)
})

test('a limit that cannot be counted stops the start', () => {
  for (const window of [sliding(0), sliding(-1), sliding(Number.NaN), sliding(2 ** 51), sliding(1, 0), fixed(0)]) {
    assert.throws(() => rig([sampleLimit({ windows: [window] })]), /cannot be counted/)
  }
})
