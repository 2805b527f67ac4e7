import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from '../../../rules/check-project.ts'

function withEntry(entry: string): readonly string[] {
  return diagnose(projectWith('', { 'policies.yaml': `deny:\n  - ${entry}\n` }))
}

test('what an entry can be', () => {
  for (const entry of [
    '{ address: 203.0.113.0/24 }',
    '{ address: [203.0.113.7, "2001:db8::/32"], api: Sample }',
    '{ application: [17, "x"], user: alice, consumer: "client:0:mobile" }',
    '{ method: [POST, PUT], header: { X-Client: any }, query: { v: [1, 2] }, claim: { "org.name": evil } }',
    '{ not: { address: 10.0.0.0/8 } }',
  ])
    assert.deepEqual(withEntry(entry), [], entry)
})

test('what it cannot be: an entry that is half understood would deny more, or less, than it is meant to', () => {
  for (const [entry, finding] of [
    ['{}', 'policies.yaml:2:5 error invalid-policy #/deny/0'],
    ['{ not: {} }', 'policies.yaml:2:5 error invalid-policy #/deny/0'],
    ['203.0.113.7', 'policies.yaml:2:5 error invalid-policy #/deny/0'],
    ['{ adress: 203.0.113.7 }', 'policies.yaml:2:7 error unknown-key #/deny/0/adress'],
    ['{ address: localhost }', 'policies.yaml:2:16 error invalid-policy #/deny/0/address'],
    ['{ address: [] }', 'policies.yaml:2:16 error invalid-policy #/deny/0/address'],
    ['{ method: get }', 'policies.yaml:2:15 error invalid-policy #/deny/0/method'],
    ['{ header: { Authorization: any } }', 'policies.yaml:2:32 error invalid-policy #/deny/0/header/Authorization'],
    ['{ header: { Cookie: any } }', 'policies.yaml:2:25 error invalid-policy #/deny/0/header/Cookie'],
    ['{ header: X-Client }', 'policies.yaml:2:15 error invalid-policy #/deny/0/header'],
    ['{ api: Samples }', 'policies.yaml:2:12 error invalid-policy #/deny/0/api'],
    ['{ not: { not: { user: a } } }', 'policies.yaml:2:14 error unknown-key #/deny/0/not/not'],
  ] as const)
    assert.ok(withEntry(entry).includes(finding), `${entry}: ${withEntry(entry).join()}`)
})
