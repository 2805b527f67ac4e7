import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

function apiWithScope(scope: string) {
  const api = apiWith(`components:
  securitySchemes:
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://idp.example.com, scopes: { read:pets: Read } } } }
paths:
  /pets: { get: { security: [{ oauth: ["${scope}"] }] } }
`)
  return { ...api, 'postern.yaml': api['postern.yaml'] + issuerLines('idp.pem'), 'idp.pem': ellipticKeys.publicKey }
}

test('a scope that its scheme does not declare', () => {
  assert.deepEqual(diagnose(apiWithScope('read:pet')), ['api.yaml:7:40 error undefined-scope #/paths/~1pets/get/security/0/oauth/0'])
  const [finding] = findings(apiWithScope('read:pet'))
  assert.equal(finding?.message, 'the security scheme `oauth` does not declare the scope `read:pet`')
  assert.equal(finding?.hint, 'Did you mean `read:pets`?')
})

test('a scope that is declared', () => {
  assert.deepEqual(diagnose(apiWithScope('read:pets')), [])
})
