import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import type { Exchange } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { throttleCapability } from '../../../../src/gateway/throttle/throttle.ts'
import { noThrottling } from '../../../wire/plan.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { sampleLimit, sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'
import { randomTrace, seeded } from './random-trace.ts'

const amount = 20
const window = 1_000
const common = { unit: 'requests', amount, window } as const
const windows: readonly WindowPlan[] = [
  { ...common, algorithm: 'sliding' },
  { ...common, algorithm: 'fixed' },
  { ...common, algorithm: 'gcra', burst: 5 },
  { unit: 'requests', amount, algorithm: 'calendar', period: 'day', timeZone: 'UTC' },
]

function rig(plans: readonly WindowPlan[]) {
  const plan: GatewayPlan = samplePlan({
    throttling: { ...noThrottling, limits: plans.map((each) => sampleLimit({ windows: [each] })), capacity: 64 },
    operations: [sampleOperation({ limits: plans.map((_, index) => index) })],
  })
  const clock = new ManualClock(Date.UTC(2026, 0, 1))
  const step = throttleCapability(sampleSurroundings(plan, clock)).throttle(plan.operations[0]!, requestFields([]))!
  const call = (): Exchange | null => {
    const exchange = sampleExchange(null)
    exchange.consumer = new Consumer('application:0:one')
    return step(exchange) === undefined ? exchange : null
  }
  return { clock, call }
}

for (const plan of windows) {
  describe(`${plan.algorithm}: quota that a refused request has spent`, () => {
    test('is there for the next one at once', () => {
      const { call } = rig([plan])
      const passed: Exchange[] = []
      for (let exchange = call(); exchange !== null; exchange = call()) passed.push(exchange)
      for (const exchange of passed.slice(0, 3)) exchange.end()
      const again = Array.from({ length: 4 }, call)
      assert.deepEqual(
        again.map((exchange) => exchange !== null),
        [true, true, true, false],
      )
    })

    test('is given back once, and not where the request has gone on its way', () => {
      const { call } = rig([plan])
      const passed: Exchange[] = []
      for (let exchange = call(); exchange !== null; exchange = call()) passed.push(exchange)
      passed[0]!.end()
      passed[0]!.end()
      passed[1]!.keepSpent()
      passed[1]!.end()
      assert.notEqual(call(), null)
      assert.equal(call(), null)
    })

    if (plan.algorithm === 'calendar') return
    test('never lets more than the limit go on, however late it is given back', () => {
      for (let seed = 0; seed < 8; seed++) {
        const random = seeded(seed)
        const { clock, call } = rig([plan])
        const open: { readonly exchange: Exchange; readonly end: number }[] = []
        const went: number[] = []
        let last = 0
        for (const now of randomTrace(random, amount, window)) {
          clock.advance(now - last)
          last = now
          for (const { exchange } of open.filter(({ end }) => end <= now)) exchange.end()
          for (let index = open.length - 1; index >= 0; index--) if (open[index]!.end <= now) open.splice(index, 1)
          const exchange = call()
          if (exchange === null) continue
          if (random.below(3) > 0) went.push(now)
          else open.push({ exchange, end: now + random.fraction() * 1.5 * window })
        }
        for (const [first, begin] of went.entries()) {
          if (plan.algorithm === 'gcra') {
            for (let index = first; index < Math.min(went.length, first + 30); index++) {
              const may: number = plan.burst + ((went[index]! - begin) * amount) / window
              assert.ok(index - first + 1 <= may + 1e-6, `seed ${seed}: ${index - first + 1} of ${may}`)
            }
          } else {
            const from: number =
              plan.algorithm === 'fixed' ? Math.floor((Date.UTC(2026, 0, 1) + begin) / window) * window - Date.UTC(2026, 0, 1) : begin
            const inside: number = went.filter((time) => time >= from && time < from + window).length
            assert.ok(inside <= amount, `seed ${seed}: ${inside} went on`)
          }
        }
      }
    })
  })
}

test('all limits of a request get theirs back, and bytes are none', () => {
  const { call } = rig([
    { ...common, algorithm: 'sliding', amount: 2 },
    { ...common, algorithm: 'fixed', amount: 2 },
    { ...common, algorithm: 'sliding', unit: 'bytes' },
  ])
  const first = call()!
  first.meter!.charge(5)
  call()
  assert.equal(call(), null)
  first.end()
  assert.notEqual(call(), null)
  assert.equal(call(), null)
})
