import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'
import { ellipticKeys, projectWithKeys } from './issuer-files.ts'

test('what may be said of it without asking for it', () => {
  const lines = '    validateSubscriptions: false\nthrottling: { store: local }\n'
  assert.deepEqual(diagnose(projectWithKeys('idp.pem', ellipticKeys.publicKey, lines)), [])
})

test('a definition at a URL', () => {
  assert.deepEqual(diagnose(projectWith('  - definition: https://example.com/api.yaml\n')), [
    'postern.yaml:6:17 error not-supported-yet #/apis/1/definition',
  ])
})
