/**
 * One gateway of a fleet, as a process: its throttle step alone, which the parent has offered requests. Every request that passes is recorded
 * with the time by which the gateway counted it; monotonic time is the same in all processes of a machine.
 */

import { threadClock } from '../../src/gateway/clock.ts'
import { Consumer } from '../../src/gateway/consumer.ts'
import { requestFields } from '../../src/gateway/http1/request-fields.ts'
import type { StepEnd } from '../../src/gateway/shared-counting.ts'
import { throttleCapability } from '../../src/gateway/throttle/throttle.ts'
import { throttleRedisCapability } from '../../src/gateway/throttle-redis/throttle-redis.ts'
import { sampleExchange } from '../unit/gateway/sample-exchange.ts'
import { sampleOperation, samplePlan } from '../unit/gateway/sample-plan.ts'
import { sampleSurroundings } from '../unit/gateway/sample-surroundings.ts'
import type { Offer, Passed, ReplicaOrder, ReplicaReport } from './fleet.ts'

const clock = threadClock()
let counted = 0
const recording = {
  now: clock.now,
  monotonic: () => {
    counted = clock.monotonic()
    return counted
  },
}
const endings: (() => void)[] = []

process.on('message', (message) => {
  const order = message as ReplicaOrder
  if (order.kind === 'open') void open(order)
})

async function open({ window, store }: Extract<ReplicaOrder, { kind: 'open' }>): Promise<void> {
  const limits = [{ tier: 'Fleet', level: 'operation' as const, by: 'consumer' as const, windows: [window], whenUsedUp: 'refuse' as const }]
  const plan = samplePlan({
    throttling: { ...samplePlan().throttling, limits, store },
    operations: [sampleOperation({ limits: [0], limited: true })],
  })
  const log: string[] = []
  const surroundings = {
    ...sampleSurroundings(plan, recording),
    warn: (event: string, problem: string) => void log.push(`${event} ${problem}`),
    atEnd: (action: () => void) => void endings.push(action),
  }
  const counting = await throttleRedisCapability(surroundings)
  const step = throttleCapability(surroundings, counting).throttle(plan.operations[0]!, requestFields([]))!
  const report = { passed: [] as Passed[], offered: [] as number[], waited: [] as number[], heldUp: 0, log }
  const consumer = new Consumer('application:fleet')

  const request = (): void => {
    const offeredAt = clock.monotonic()
    report.offered.push(offeredAt)
    const exchange = sampleExchange()
    exchange.consumer = consumer
    const end: StepEnd = step(exchange)
    const asked = counted
    if (end === undefined) report.passed.push([asked, asked])
    if (!(end instanceof Promise)) return
    report.waited.push(offeredAt)
    void end.then((refusal) => {
      // Of a lease it is counted here and now; else Redis has counted it meanwhile.
      if (refusal === undefined) report.passed.push([store.mode === 'leased' ? counted : asked, counted])
    })
  }
  process.on('message', (message) => {
    const order = message as ReplicaOrder
    if (order.kind === 'offer') offer(order.offers, request, (heldUp) => answer({ ...report, heldUp }))
  })
  process.send?.({ kind: 'ready' })
}

/** Has as many requests made as are due, however late the timer is; `done` is told how late it once was. */
function offer(offers: readonly Offer[], request: () => void, done: (heldUp: number) => void): void {
  const start = clock.monotonic()
  let made = 0
  let [last, heldUp] = [start, 0]
  const timer = setInterval(() => {
    const now = clock.monotonic()
    heldUp = Math.max(heldUp, now - last)
    last = now
    const passed = now - start
    let due = 0
    let from = 0
    for (const { duration, rate } of offers) {
      due += (Math.min(Math.max(passed - from, 0), duration) * rate) / 1_000
      from += duration
    }
    // What nobody could have sent for want of a processor is not sent all at once.
    if (due - made > 200) made = Math.floor(due - 200)
    for (; made < Math.floor(due); made++) request()
    if (passed < from) return
    clearInterval(timer)
    setTimeout(() => done(heldUp), 500)
  }, 1)
}

function answer(report: ReplicaReport): void {
  for (const ending of endings) ending()
  process.send?.(report, undefined, undefined, () => process.disconnect?.())
}
