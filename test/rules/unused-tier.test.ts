import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

const policies = { 'policies.yaml': 'tiers:\n  Gold: { requests: 10, per: 1m }\n' }

test('a tier that nothing uses', () => {
  assert.deepEqual(diagnose(projectWith('', policies)), ['policies.yaml:2:3 warning unused-tier #/tiers/Gold'])
})

test('nothing is said where what may use it could not be read', () => {
  const found = diagnose(projectWith('  - definition: other.yaml\n', policies))
  assert.deepEqual(found, ['postern.yaml:6:17 error unreadable-file #/apis/1/definition'])
})

test('nothing is said where credentials may name any', () => {
  const wso2 = 'applicationPolicies: [{ App: { count: 1, unitTime: 1, timeUnit: min } }]\n'
  assert.deepEqual(diagnose(projectWith('', { 'policies.yaml': policies['policies.yaml'] + wso2 })), [])
})
