import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

const files = projectWith('apiKeys: api-keys.yaml\n', {
  'api-keys.yaml': `keys: [{ id: one, digest: "sha256:${'00'.repeat(32)}", expires: 2026-06-14 }]\n`,
})

test('an API key that has expired; it holds through its last day', () => {
  assert.deepEqual(diagnose(files, new Date('2026-06-14T23:59:59Z')), [])
  assert.deepEqual(diagnose(files, new Date('2026-06-15T00:00:00Z')), ['api-keys.yaml:1:8 warning api-key-expired #/keys/0'])
})
