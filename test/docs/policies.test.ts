/** The example of docs/policies.md is the code's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateLimitText } from '../../src/gateway/throttle/rate-limit-fields.ts'
import { sampleLimit } from '../unit/gateway/sample-plan.ts'
import { fencedBlocks, readDocument } from './markdown.ts'

const document = readDocument('docs/policies.md')

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
