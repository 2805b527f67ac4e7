import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

const api = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
x-postern: { issuers: [https://idp.example.com] }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /pets:
    x-postern: { issuers: [https://idq.example.com] }
    get: {}
    put: { x-postern: { issuers: [https://idp.example.com, elsewhere] } }
`

test('an issuer that the project does not have, at any level', () => {
  const files = projectWith(issuerLines('idp.pem'), { 'idp.pem': ellipticKeys.publicKey, 'api.yaml': api })
  assert.deepEqual(diagnose(files), [
    'api.yaml:8:28 error unknown-issuer #/paths/~1pets/x-postern/issuers/0',
    'api.yaml:10:60 error unknown-issuer #/paths/~1pets/put/x-postern/issuers/1',
  ])
  assert.deepEqual(
    findings(files).map(({ hint }) => hint),
    ['Did you mean `https://idp.example.com`?', 'Add the issuer to postern.yaml, or correct its name.'],
  )
})
