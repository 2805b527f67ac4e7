import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

test('a tier that cannot be', () => {
  const files = projectWith('', { 'policies.yaml': 'tiers:\n  Gold: { requests: 10, per: 60 }\n' })
  assert.deepEqual(diagnose(files), ['policies.yaml:2:30 error invalid-policy #/tiers/Gold/per'])
  assert.equal(findings(files)[0]?.hint, 'Write durations as `250ms`, `5s`, `1m`, `1h` or `1d`.')
})

test('the file with the policies may have another name', () => {
  const files = projectWith('policies: tiers/all.yaml\n', { 'tiers/all.yaml': 'tiers: []\n' })
  assert.deepEqual(diagnose(files), ['tiers/all.yaml:1:8 error invalid-policy #/tiers'])
})
