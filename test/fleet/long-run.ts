/**
 * Ten gateways count together in a real Redis for minutes, which is slowed, stopped and restarted all the while; not a test. Prints what passed
 * and how much waited, by what was the matter with Redis. `node test/fleet/long-run.ts [minutes] [window in ms] [how much is offered, in parts of the limit]`
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { threadClock } from '../../src/gateway/clock.ts'
import { Redis } from '../wire/redis.ts'
import { Fleet, mostInWindow, type Offer, type ReplicaReport, storeAt } from './fleet.ts'

const replicas = 10
const perSecond = 500
const [minutes = 5, window = 2_000, load = 1.5] = process.argv.slice(2).map(Number)
const limit = (perSecond * window) / 1_000
const clock = threadClock()

type Span = { readonly matter: string; readonly from: number; readonly to: number }

const redis = await Redis.start({ options: ['--appendonly', 'yes', '--appendfsync', 'everysec'] })
const fleet = await Fleet.start(replicas, { algorithm: 'sliding', unit: 'requests', amount: limit, window }, storeAt(redis.url))
const spans: Span[] = []
let over = false
const offered = fleet.offer(unevenAndShifting(minutes * 60_000)).finally(() => {
  over = true
})
while (!over) {
  await during('nothing', () => sleep(5 * window))
  await during('slowed', () => slowed(5 * window))
  await during('after that', () => sleep(2 * window))
  await during('frozen', async () => {
    redis.freeze()
    await sleep(window)
    redis.wake()
  })
  await during('after that', () => sleep(3 * window))
  await during('restarted', async () => {
    await redis.end()
    await redis.begin()
  })
  await during('after that', () => sleep(3 * window))
}
const reports = await offered
await fleet.stop()
await redis.stop()
print(reports)

async function during(matter: string, work: () => Promise<void>): Promise<void> {
  if (over) return
  const from = clock.monotonic()
  await work()
  spans.push({ matter, from, to: clock.monotonic() })
}

/** A third of the time it says nothing. */
async function slowed(milliseconds: number): Promise<void> {
  const client = createClient({ url: redis.url, RESP: 2 })
  await client.connect()
  for (let passed = 0; passed < milliseconds; passed += 150) {
    await client.sendCommand(['CLIENT', 'PAUSE', '50', 'ALL'])
    await sleep(150)
  }
  client.destroy()
}

/** Other gateways have most of it every ten seconds. */
function unevenAndShifting(duration: number): readonly (readonly Offer[])[] {
  const weights = Array.from({ length: replicas }, (_, index) => 0.6 ** index)
  const sum = weights.reduce((all, weight) => all + weight)
  return Array.from({ length: replicas }, (_, replica) =>
    Array.from({ length: duration / 10_000 }, (_, part) => ({
      duration: 10_000,
      rate: (load * perSecond * weights[(replica + 3 * part) % replicas]!) / sum,
    })),
  )
}

function print(all: readonly ReplicaReport[]): void {
  const passed = all.flatMap((report) => report.passed)
  const asked = all.flatMap((report) => report.offered)
  const waited = all.flatMap((report) => report.waited)
  const end = asked.reduce((last, time) => Math.max(last, time), 0)
  const within = (times: readonly number[], { from, to }: Span): number => times.filter((time) => time >= from && time < to).length
  console.log(
    `most in any window: ${mostInWindow(passed, window)} of ${limit}; held up ${Math.max(...all.map(({ heldUp }) => heldUp)).toFixed(0)} ms at the most`,
  )
  for (const { matter, to } of spans.filter(({ matter: each }) => each === 'frozen' || each === 'restarted')) {
    const times = passed.map(([, time]) => time - to).filter((time) => time >= 0)
    const first = times.toSorted((one, other) => one - other)
    console.log(
      `${matter}: passes again after ${first[0]?.toFixed(0)} ms, a tenth of the limit after ${first[Math.floor(limit / 10)]?.toFixed(0)} ms`,
    )
  }
  for (const [matter, own] of Map.groupBy(spans, (span) => span.matter)) {
    const whole = own.filter(({ to }) => to <= end)
    if (whole.length === 0) continue
    const sums = whole.map((span) => {
      const [offers, passes] = [
        within(asked, span),
        within(
          passed.map(([, time]) => time),
          span,
        ),
      ]
      return {
        offers,
        passes,
        could: Math.min(offers, (perSecond * (span.to - span.from)) / 1_000),
        waits: within(waited, span),
        time: span.to - span.from,
      }
    })
    const sum = (key: keyof (typeof sums)[number]): number => sums.reduce((total, each) => total + each[key], 0)
    const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`
    console.log(
      `${matter.padEnd(12)} ${(sum('time') / 1_000).toFixed(0).padStart(5)} s  passed ${percent(sum('passes'), sum('could'))}  waited ${percent(sum('waits'), sum('offers'))}`,
    )
  }
}
