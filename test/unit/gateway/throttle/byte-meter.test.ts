import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import type { Exchange, Refusal } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { throttleCapability } from '../../../../src/gateway/throttle/throttle.ts'
import { noThrottling } from '../../../wire/plan.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { sampleLimit, sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const bytes: WindowPlan = { algorithm: 'sliding', unit: 'bytes', amount: 1_000, window: 60_000 }
const requests: WindowPlan = { algorithm: 'sliding', unit: 'requests', amount: 2, window: 1_000 }

type Rig = { readonly call: (consumer?: string) => { refusal: Refusal | undefined; exchange: Exchange }; readonly clock: ManualClock }

function rig(windows: readonly WindowPlan[]): Rig {
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  const plan = samplePlan({
    operations: [sampleOperation({ limits: [0] })],
    throttling: { ...noThrottling, limits: [sampleLimit({ windows })], capacity: 64 },
  })
  const step = throttleCapability(sampleSurroundings(plan, clock, new Metrics(plan, 'sha256:test'))).throttle(
    plan.operations[0]!,
    requestFields([]),
  )!
  return {
    clock,
    call: (consumer = 'application:0:one') => {
      const exchange = sampleExchange(null)
      exchange.consumer = new Consumer(consumer)
      return { refusal: step(exchange) as Refusal | undefined, exchange }
    },
  }
}

test('a request passes as long as some bandwidth is left, and what it moves is charged to its consumer', () => {
  const { call } = rig([bytes])
  const { exchange, refusal } = call()
  assert.equal(refusal, undefined)
  exchange.meter?.charge(400)
  exchange.meter?.charge(599)
  assert.match(call().exchange.answerFields, /"Gold";r=1;t=60/)
  exchange.meter?.charge(5_000)
  assert.equal(call().refusal?.kind, 'operation-quota')
  assert.equal(call('application:0:two').refusal, undefined)
})

test('bandwidth comes back when what was moved is a window old', () => {
  const { call, clock } = rig([bytes])
  call().exchange.meter?.charge(1_000)
  assert.equal(call().refusal?.fields, 'Retry-After: 61\r\n')
  clock.advance(60_100)
  assert.equal(call().refusal, undefined)
})

test('a request that is refused for another limit is charged nothing', () => {
  const { call } = rig([requests, bytes])
  for (let count = 0; count < 2; count++) assert.notEqual(call().exchange.meter, null)
  const { refusal, exchange } = call()
  assert.equal(refusal?.kind, 'operation-quota')
  assert.equal(exchange.meter, null)
})

test('where nothing counts bytes there is nobody who would', () => {
  assert.equal(rig([requests]).call().exchange.meter, null)
})
