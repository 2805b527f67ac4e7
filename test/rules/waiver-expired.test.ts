import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

const files = projectWith('waivers: [{ rule: unused-tier, at: "#/tiers/Gold", reason: soon, until: 2026-06-30 }]\n', {
  'policies.yaml': 'tiers: { Gold: { requests: 1, per: 1m } }\n',
})

test('a waiver holds until its day is over', () => {
  assert.deepEqual(diagnose(files, new Date('2026-06-30T23:59:59Z')), [])
  assert.deepEqual(diagnose(files, new Date('2026-07-01T00:00:00Z')), [
    'policies.yaml:1:10 warning unused-tier #/tiers/Gold',
    'postern.yaml:6:11 error waiver-expired #/waivers/0',
  ])
  assert.equal(findings(files, new Date('2026-07-01'))[1]?.message, 'the waiver of `unused-tier` held until 2026-06-30')
})
