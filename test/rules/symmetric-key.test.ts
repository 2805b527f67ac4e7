import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings } from './check-project.ts'
import { keySet, projectWithKeys } from './issuer-files.ts'

test('a symmetric key in a key set', () => {
  const files = projectWithKeys('idp.json', keySet({ kty: 'oct', kid: 'a', k: 'aHVudGVyMg' }))
  assert.deepEqual(diagnose(files), ['idp.json:2:1 error symmetric-key #/keys/0'])
  for (const { message, hint } of findings(files)) assert.doesNotMatch(message + hint, /aHVudGVyMg/)
})
