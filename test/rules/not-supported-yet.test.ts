import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'
import { ellipticKeys, projectWithKeys } from './issuer-files.ts'

test('keys of postern.yaml for features that come later', () => {
  const lines = `throttling: { store: redis, url: "\${REDIS_URL}", mode: strict, whenAway: deny }
`
  assert.deepEqual(diagnose(projectWith(lines)), [
    'postern.yaml:6:22 error not-supported-yet #/throttling/store',
    'postern.yaml:6:29 error not-supported-yet #/throttling/url',
    'postern.yaml:6:50 error not-supported-yet #/throttling/mode',
    'postern.yaml:6:64 error not-supported-yet #/throttling/whenAway',
  ])
})

test('what may be said of it without asking for it', () => {
  const lines = '    validateSubscriptions: false\nthrottling: { store: local }\n'
  assert.deepEqual(diagnose(projectWithKeys('idp.pem', ellipticKeys.publicKey, lines)), [])
})

test('a definition at a URL', () => {
  assert.deepEqual(diagnose(projectWith('  - definition: https://example.com/api.yaml\n')), [
    'postern.yaml:6:17 error not-supported-yet #/apis/1/definition',
  ])
})
