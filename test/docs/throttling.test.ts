/** The figures of docs/throttling.md are the code's, and so are its plots. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpLimitBounds } from '../../src/compiler/model/http-limits.ts'
import { counterMemory } from '../../src/contract/counter-memory.ts'
import { CounterTable } from '../../src/gateway/throttle/counter-table.ts'
import { maxUnits, ringLength } from '../../src/gateway/throttle/ring.ts'
import { ticksInWindow } from '../../src/gateway/throttle/segments.ts'
import { accuracyRuns } from '../bench/accuracy.ts'
import { accuracyPlot, heldByWindow } from '../bench/report/accuracy-plot.ts'
import { readDocument } from './markdown.ts'

const document = readDocument('docs/throttling.md')

test('docs/throttling.md says how exact a sliding window is', () => {
  for (const figure of [
    `1/${ringLength} of the window`,
    `${ringLength}/${ringLength + 1}`,
    `1/${ticksInWindow}`,
    maxUnits.toLocaleString('en'),
  ]) {
    assert.ok(document.includes(figure), figure)
  }
})

test('docs/throttling.md says how large the table is', () => {
  const megabytes = (keys: number): number => CounterTable.make(keys).buffer.byteLength / 1e6
  const { regions, ringsInRegion, bytes } = counterMemory(httpLimitBounds.maxConsumers.default)
  assert.equal(bytes, CounterTable.make(httpLimitBounds.maxConsumers.default).buffer.byteLength)
  assert.ok(document.includes(`${(bytes / 1e6).toFixed(1)} MB`) && megabytes(1_000_000) <= 64)
  assert.ok(
    document.includes(`${ringsInRegion} for about 900 counters, ${(regions * ringsInRegion).toLocaleString('en')} with the default`),
  )
  assert.equal(counterMemory(1_000_000).ringsInRegion, 4)
  assert.ok(counterMemory(487_000).ringsInRegion === 32 && counterMemory(490_000).ringsInRegion < 32, 'where there are fewer')
})

test('the plots are what the algorithms do', () => {
  for (const [name, run] of accuracyRuns()) {
    assert.equal(readDocument(`docs/images/throttling-${name}.svg`), accuracyPlot(run), `run node test/bench/accuracy.ts: ${name}`)
  }
})

test('of all algorithms in the plots, sliding and even gcra stay below the limit in every window', () => {
  const most = [...accuracyRuns()].map(([name, run]) => [name, Math.max(...heldByWindow(run.admitted, run)) / run.limit] as const)
  for (const [name, share] of most) {
    if (name === 'sliding' || name === 'gcra') assert.ok(share <= 1, `${name}: ${share}`)
    if (name === 'fixed') assert.ok(share > 1.9, `${name}: ${share}`)
  }
})
