import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, projectWith } from './check-project.ts'

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

test('a tier of a caller, which must be among those of its level', () => {
  const policies = `tiers: { Gold: { requests: 1, per: 1m } }
applicationPolicies: [{ App: { count: 1, unitTime: 1, timeUnit: min } }]
subscriptionPolicies: [{ Sub: { count: 1, unitTime: 1, timeUnit: min } }]
`
  const subscriptions = `applications:
  - { id: 1, name: A, tier: App, keys: [], subscriptions: [{ api: Sample, version: 1.0.0, tier: Gold }] }
  - { id: 2, name: B, tier: Sub, keys: [], subscriptions: [{ api: Sample, version: 1.0.0, tier: App }] }
  - { id: 3, name: C, tier: Unlimited, keys: [], subscriptions: [{ api: Sample, version: 1.0.0, tier: Sub }] }
`
  const keys = (tier: string, digit: string): string => `  - { id: key-${digit}, digest: "sha256:${digit.repeat(64)}", tier: ${tier} }\n`
  const files = projectWith(
    `subscriptions: subscriptions.yaml
apiKeys: api-keys.yaml
throttling: { application: Sub, subscription: Sub, unauthenticated: App }
`,
    { 'policies.yaml': policies, 'subscriptions.yaml': subscriptions, 'api-keys.yaml': `keys:\n${keys('App', '1')}${keys('Sub', '2')}` },
  )
  assert.deepEqual(
    diagnose(files).map((finding) => finding.replace(/:\d+:\d+ error/, '')),
    [
      'api-keys.yaml unknown-tier #/keys/1/tier',
      'postern.yaml unknown-tier #/throttling/application',
      'postern.yaml unknown-tier #/throttling/unauthenticated',
      'subscriptions.yaml unknown-tier #/applications/1/tier',
      'subscriptions.yaml unknown-tier #/applications/1/subscriptions/0/tier',
    ],
  )
})
