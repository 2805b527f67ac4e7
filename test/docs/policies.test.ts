/** The figures of docs/policies.md are the code's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpLimitBounds } from '../../src/compiler/model/http-limits.ts'
import { cellBytes, maxUnits, ringLength } from '../../src/gateway/throttle/cells.ts'
import { CounterTable } from '../../src/gateway/throttle/counter-table.ts'
import { rateLimitText } from '../../src/gateway/throttle/rate-limit-fields.ts'
import { sampleLimit } from '../unit/gateway/sample-plan.ts'
import { fencedBlocks, readDocument } from './markdown.ts'

const document = readDocument('docs/policies.md')

test('docs/policies.md says how exact a sliding window is', () => {
  assert.ok(document.includes(`1/${ringLength} of the window`))
  assert.ok(document.includes(`${ringLength}/${ringLength + 1} of the limit`))
  assert.ok(document.includes(maxUnits.toLocaleString('en')))
})

test('docs/policies.md says how large the default table is', () => {
  const { byteLength } = CounterTable.make(httpLimitBounds.maxConsumers.default).buffer
  assert.equal(Math.round(byteLength / 1e6), 35)
  assert.ok(document.includes(`${cellBytes + 8} bytes each`) && document.includes('about 35 MB'))
})

test('the example of RateLimit fields is what the gateway sends', () => {
  const windows = [
    {
      limit: sampleLimit({ tier: 'Gold', level: 'api' }),
      window: { unit: 'requests', amount: 5000, window: 60_000, algorithm: 'sliding' },
    },
    { limit: sampleLimit({ tier: 'Steady' }), window: { unit: 'requests', amount: 1000, window: 60_000, algorithm: 'sliding' } },
    { limit: sampleLimit({ tier: 'Steady' }), window: { unit: 'requests', amount: 20, window: 1_000, algorithm: 'sliding' } },
  ] as const
  const { start, items } = rateLimitText(windows)
  const example = fencedBlocks(document).find(({ text }) => text.startsWith('RateLimit-Policy'))?.text ?? ''
  const [policy = '', fields = ''] = example.split('\n')
  assert.equal(`${policy}\r\nRateLimit: `, start)
  for (const item of items) assert.ok(fields.includes(item), item)
})
