import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings } from './check-project.ts'

const api = `x-postern: { throttle: Silver }
paths:
  /pets:
    get: { security: [], x-wso2-throttling-tier: gold }
    put: { security: [], x-postern: { throttle: Unlimited } }
    post: { security: [], x-postern: { throttle: Gold } }
`

test('a tier that is defined nowhere, at either level', () => {
  const files = apiWith(api, { 'policies.yaml': 'tiers: { Gold: { requests: 10, per: 1m } }\n' })
  assert.deepEqual(diagnose(files), [
    'api.yaml:3:24 error unknown-tier #/x-postern/throttle',
    'api.yaml:6:50 error unknown-tier #/paths/~1pets/get/x-wso2-throttling-tier',
  ])
  assert.deepEqual(
    findings(files).map(({ hint }) => hint),
    ['Define the tier in policies.yaml, or correct its name.', 'Did you mean `Gold`?'],
  )
})

test('a tier that is defined, with mistakes, is not unknown', () => {
  const tiers = '{ Silver: { requests: none, per: 1m }, gold: { requests: 1, per: 1m }, Gold: { requests: 1, per: 1m } }'
  assert.deepEqual(diagnose(apiWith(api, { 'policies.yaml': `tiers: ${tiers}\n` })), [
    'policies.yaml:1:30 error invalid-policy #/tiers/Silver/requests',
  ])
})
