import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'
import { ellipticKeys, projectWithKeys } from './issuer-files.ts'

test('what may be said of it without asking for it', () => {
  const lines = '    validateSubscriptions: false\nthrottling: { store: local }\n'
  assert.deepEqual(diagnose(projectWithKeys('idp.pem', ellipticKeys.publicKey, lines)), [])
})

test('an extension of WSO2 that would run code', () => {
  const found = diagnose(apiWith('x-wso2-request-interceptor: validateRequest\npaths: {}\n'))
  assert.ok(found.includes('api.yaml:3:1 error not-supported-yet #/x-wso2-request-interceptor'), found.join('\n'))
})
