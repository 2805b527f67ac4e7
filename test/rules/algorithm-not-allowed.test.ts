import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings } from './check-project.ts'
import { ellipticKeys, projectWithKeys } from './issuer-files.ts'

test('algorithms that are never permitted, or unknown', () => {
  for (const algorithm of ['none', 'None', 'HS256', 'HS512', 'RS1', 'ES256K', 'rs256', 'RSA-OAEP', '__proto__']) {
    const files = projectWithKeys('idp.pem', ellipticKeys.publicKey, `    algorithms: [ES256, ${algorithm}]\n`)
    assert.deepEqual(diagnose(files), ['postern.yaml:10:25 error algorithm-not-allowed #/issuers/0/algorithms/1'], algorithm)
  }
})

test('algorithms that leave none for a key', () => {
  const files = projectWithKeys('idp.pem', ellipticKeys.publicKey, '    algorithms: [RS256, ES384]\n')
  assert.deepEqual(diagnose(files), ['postern.yaml:10:17 error algorithm-not-allowed #/issuers/0/algorithms'])
  assert.equal(findings(files)[0]?.message, 'no algorithm is left for the key at idp.pem:1, which allows ES256')
})

test('algorithms that the keys allow', () => {
  assert.deepEqual(diagnose(projectWithKeys('idp.pem', ellipticKeys.publicKey, '    algorithms: [RS256, ES256]\n')), [])
})
