/**
 * How exactly each algorithm of throttling holds: writes docs/images/throttling-*.svg. Time is made, and so is what is offered: below the
 * limit, a little above it, twice as much, nothing, and a crowd around the turn of a window.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AlignedWindow } from '../../src/gateway/throttle/aligned-window.ts'
import { CounterTable } from '../../src/gateway/throttle/counter-table.ts'
import { type CountingWindow, Times } from '../../src/gateway/throttle/counting-window.ts'
import { EpochFrame } from '../../src/gateway/throttle/frames.ts'
import { GcraWindow } from '../../src/gateway/throttle/gcra-window.ts'
import { SlidingWindow } from '../../src/gateway/throttle/sliding-window.ts'
import { seeded } from '../unit/gateway/throttle/random-trace.ts'
import { type AccuracyRun, accuracyPlot } from './report/accuracy-plot.ts'

const limit = 1_000
const window = 10_000

/** What is offered, in parts of the limit, for how many windows. */
export const phases: readonly (readonly [factor: number, windows: number])[] = [
  [0.7, 1],
  [1.1, 2],
  [2, 2],
  [0, 0.95],
  [30, 0.1],
  [0, 0.95],
  [5, 1],
]

/** Moments at random, the same each time. */
export function offeredLoad(): readonly number[] {
  const random = seeded(2026)
  const moments: number[] = []
  let begin = 0
  for (const [factor, windows] of phases) {
    const end = begin + windows * window
    for (let now = begin; factor > 0; ) {
      now -= (Math.log(1 - random.fraction()) * window) / (limit * factor)
      if (now >= end) break
      moments.push(now)
    }
    begin = end
  }
  return moments
}

export const loadLength: number = phases.reduce((sum, [, windows]) => sum + windows * window, 0)

function runOf(title: string, counting: CountingWindow): AccuracyRun {
  const table = CounterTable.make(1)
  const times = new Times()
  const offered = offeredLoad()
  const admitted = offered.filter((now) => {
    times.monotonic = now
    times.wall = now
    const cell = table.lock(1, 1, now)
    const left = counting.take(table.cells, cell, times, 1)
    table.unlock(1)
    return left >= 0
  })
  return { title, limit, window, length: loadLength, offered, admitted }
}

/** By the name of the image. */
export function accuracyRuns(): ReadonlyMap<string, AccuracyRun> {
  return new Map([
    ['sliding', runOf('sliding', new SlidingWindow(limit, window))],
    ['fixed', runOf('fixed (and calendar)', new AlignedWindow(limit, new EpochFrame(window)))],
    ['gcra', runOf('gcra, burst 1', new GcraWindow(limit, window, 1))],
    ['gcra-burst', runOf('gcra, burst 200', new GcraWindow(limit, window, 200))],
  ])
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../../docs/images')
  mkdirSync(folder, { recursive: true })
  for (const [name, run] of accuracyRuns()) writeFileSync(join(folder, `throttling-${name}.svg`), accuracyPlot(run))
}
