import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

test('a tier that is defined in both forms', () => {
  const files = projectWith('', {
    'policies.yaml': `tiers:
  Gold: { requests: 10, per: 1m }
resourcePolicies:
  - Gold: { count: 10, unitTime: 1, timeUnit: min }
`,
  })
  assert.deepEqual(diagnose(files), ['policies.yaml:4:5 error duplicate-tier #/resourcePolicies/0/Gold'])
})
