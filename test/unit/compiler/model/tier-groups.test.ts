import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, projectWith } from '../../../rules/check-project.ts'

function withTier(tier: string): readonly string[] {
  const api = 'x-postern: { throttle: Own }\npaths: { /pets: { get: { security: [] } } }\n'
  return diagnose(apiWith(api, { 'policies.yaml': `tiers:\n  Own: ${tier}\n` }))
}

const limit = 'limit: { requests: 1, per: 1s }'

test('what a tier with groups can be', () => {
  for (const tier of [
    `{ groups: [{ when: { address: 10.0.0.0/8 }, ${limit} }], otherwise: { requests: 1, per: 1m } }`,
    `{ groups: [{ when: { not: { method: GET } }, limit: Unlimited }, { when: { api: Sample }, limit: [{ requests: 1, per: 1s }] }], otherwise: Unlimited }`,
  ])
    assert.deepEqual(withTier(tier), [], tier)
})

test('what it cannot be', () => {
  for (const [tier, finding] of [
    [`{ groups: [{ when: { user: a }, ${limit} }] }`, 'policies.yaml:2:8 error invalid-policy #/tiers/Own'],
    ['{ groups: [], otherwise: Unlimited }', 'policies.yaml:2:18 error invalid-policy #/tiers/Own/groups'],
    [`{ groups: [{ ${limit} }], otherwise: Unlimited }`, 'policies.yaml:2:19 error invalid-policy #/tiers/Own/groups/0'],
    [`{ groups: [{ when: {}, ${limit} }], otherwise: Unlimited }`, 'policies.yaml:2:27 error invalid-policy #/tiers/Own/groups/0/when'],
    [
      `{ groups: [{ when: { user: a }, limit: Gold }], otherwise: Unlimited }`,
      'policies.yaml:2:47 error invalid-policy #/tiers/Own/groups/0/limit',
    ],
    [
      `{ groups: [{ when: { api: Nobody }, ${limit} }], otherwise: Unlimited }`,
      'policies.yaml:2:34 error invalid-policy #/tiers/Own/groups/0/when/api',
    ],
    [
      `{ groups: [{ when: { user: a }, ${limit} }], otherwise: Unlimited, requests: 1 }`,
      'policies.yaml:2:98 error unknown-key #/tiers/Own/requests',
    ],
  ] as const)
    assert.ok(withTier(tier).includes(finding), `${tier}: ${withTier(tier).join()}`)
})

test('every kind of caller can have one, also those without a credential', () => {
  const policies = `tiers: { Own: { groups: [{ when: { user: a }, ${limit} }], otherwise: { requests: 1, per: 1s } } }\n`
  const found = (key: string): readonly string[] => diagnose(projectWith(`throttling: { ${key}: Own }\n`, { 'policies.yaml': policies }))
  assert.deepEqual(['unauthenticated', 'application', 'subscription'].flatMap(found), [])
})
