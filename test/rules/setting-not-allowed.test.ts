import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'
import { ellipticKeys } from './issuer-files.ts'

test('a setting where the value is fixed at build time', () => {
  const files = projectWith(
    `issuers:
  - issuer: \${ISSUER:-https://idp.example.com}
    audiences: ["\${AUDIENCE}"]
    keys: idp.pem
`,
    { 'idp.pem': ellipticKeys.publicKey },
  )
  assert.deepEqual(diagnose(files), [
    'postern.yaml:7:13 error setting-not-allowed #/issuers/0/issuer',
    'postern.yaml:8:17 error setting-not-allowed #/issuers/0/audiences/0',
  ])
})

test('settings in the address of an API’s definition', () => {
  const found = diagnose(projectWith('  - definition: ${DEFINITION}\n'))
  assert.deepEqual(found, ['postern.yaml:6:17 error setting-not-allowed #/apis/1/definition'])
})

test('settings in the name of a key file', () => {
  const found = diagnose(projectWith('issuers:\n  - { issuer: a, audiences: any, keys: "${KEYS}" }\n'))
  assert.deepEqual(found, ['postern.yaml:7:40 error setting-not-allowed #/issuers/0/keys'])
})
