import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from '../../../rules/check-project.ts'

function withLimit(limit: string): readonly string[] {
  return diagnose(projectWith('', { 'policies.yaml': `custom:\n  Own: ${limit}\n` }))
}

test('what a custom limit can be', () => {
  for (const limit of [
    '{ key: [], limit: { requests: 1, per: 1s } }',
    '{ key: [consumer, user, application, api, operation, address], limit: [{ requests: 1, per: 1s }, { requests: 9, per: day }] }',
    '{ key: ["header:X-Region", "query:page", "claim:org.id"], when: { api: Sample, not: { method: GET } }, limit: { requests: 1, per: 1s } }',
  ])
    assert.deepEqual(withLimit(limit), [], limit)
})

test('what it cannot be', () => {
  for (const [limit, finding] of [
    ['{ limit: { requests: 1, per: 1s } }', 'policies.yaml:2:8 error invalid-policy #/custom/Own'],
    ['{ key: [consumer] }', 'policies.yaml:2:8 error invalid-policy #/custom/Own'],
    ['{ key: consumer, limit: { requests: 1, per: 1s } }', 'policies.yaml:2:15 error invalid-policy #/custom/Own/key'],
    ['{ key: [tenant], limit: { requests: 1, per: 1s } }', 'policies.yaml:2:16 error invalid-policy #/custom/Own/key/0'],
    ['{ key: ["header:Authorization"], limit: { requests: 1, per: 1s } }', 'policies.yaml:2:16 error invalid-policy #/custom/Own/key/0'],
    ['{ key: [], when: {}, limit: { requests: 1, per: 1s } }', 'policies.yaml:2:25 error invalid-policy #/custom/Own/when'],
    [
      '{ key: [], when: { api: Nobody }, limit: { requests: 1, per: 1s } }',
      'policies.yaml:2:32 error invalid-policy #/custom/Own/when/api',
    ],
    ['{ key: [], limit: { bandwidth: 1MB, per: 1s } }', 'policies.yaml:2:8 error invalid-policy #/custom/Own'],
    ['{ key: [], limits: { requests: 1, per: 1s } }', 'policies.yaml:2:19 error unknown-key #/custom/Own/limits'],
  ] as const)
    assert.ok(withLimit(limit).includes(finding), `${limit}: ${withLimit(limit).join()}`)
})

test('there may be eight, as each is looked at for each request', () => {
  const limits = Array.from({ length: 9 }, (_, index) => `  Own${index}: { key: [], limit: { requests: 1, per: 1s } }\n`)
  const found = (count: number): readonly string[] =>
    diagnose(projectWith('', { 'policies.yaml': `custom:\n${limits.slice(0, count).join('')}` }))
  assert.deepEqual(found(8), [])
  assert.deepEqual(found(9), ['policies.yaml:2:3 error invalid-policy #/custom'])
})
