import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

test('WSO2’s digests without salt are taken, with a warning', () => {
  const files = projectWith('users: users.yaml\n', {
    'users.yaml': `users:
  - { name: one, password: "@sha256:{${'ab'.repeat(32)}}" }
  - { name: two, password: "@sha512:{${'AB'.repeat(64)}}" }
`,
  })
  assert.deepEqual(diagnose(files), [
    'users.yaml:2:28 warning weak-digest #/users/0/password',
    'users.yaml:3:28 warning weak-digest #/users/1/password',
  ])
})
