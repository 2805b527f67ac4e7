/**
 * How exactly limits hold that four gateways count together in a real Redis: writes docs/images/throttling-<algorithm>-<mode>.svg. The load is
 * that of accuracy.ts, in windows of two seconds, and takes place: about two and a half minutes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WindowPlan } from '../../src/contract/plan/limit.ts'
import type { SharedStorePlan } from '../../src/contract/plan/shared-store.ts'
import { Fleet, mostInWindow, storeAt } from '../fleet/fleet.ts'
import { Redis } from '../wire/redis.ts'
import { phases } from './accuracy.ts'
import { type AccuracyRun, accuracyPlot } from './report/accuracy-plot.ts'

const replicas = 4
const limit = 1_000
const window = 2_000
const counted = { unit: 'requests', amount: limit, window } as const

const windows: Readonly<Record<string, WindowPlan>> = {
  sliding: { ...counted, algorithm: 'sliding' },
  fixed: { ...counted, algorithm: 'fixed' },
  gcra: { ...counted, algorithm: 'gcra', burst: 1 },
  'gcra-burst': { ...counted, algorithm: 'gcra', burst: 200 },
}

async function runOf(name: string, plan: WindowPlan, mode: SharedStorePlan['mode']): Promise<AccuracyRun> {
  const redis = await Redis.start()
  const fleet = await Fleet.start(replicas, plan, storeAt(redis.url, { mode }))
  const offers = phases.map(([factor, length]) => ({ duration: length * window, rate: (factor * limit * 1_000) / window / replicas }))
  const reports = await fleet.offer(Array.from({ length: replicas }, () => offers))
  await fleet.stop()
  await redis.stop()
  const sorted = (moments: readonly number[]): readonly number[] => moments.toSorted((one, other) => one - other)
  const offered = sorted(reports.flatMap((report) => report.offered))
  const passed = reports.flatMap((report) => report.passed)
  const start = offered[0] ?? 0
  console.log(`${name}, ${mode}: ${passed.length} of ${offered.length} passed, at most ${mostInWindow(passed, window)} in a window`)
  const since = (moments: readonly number[]): readonly number[] => moments.map((moment) => moment - start)
  const length = phases.reduce((sum, [, each]) => sum + each * window, 0)
  const title = `${name}, ${mode}, ${replicas} gateways`
  return { title, limit, window, length, offered: since(offered), admitted: since(sorted(passed.map(([from]) => from))) }
}

for (const [name, plan] of Object.entries(windows)) {
  for (const mode of ['leased', 'strict'] as const) {
    const file = join(import.meta.dirname, `../../docs/images/throttling-${name}-${mode}.svg`)
    writeFileSync(file, accuracyPlot(await runOf(name, plan, mode)))
  }
}
