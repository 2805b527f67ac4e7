import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { diagnose, findings } from './check-project.ts'
import { keySet, projectWithKeys } from './issuer-files.ts'

test('an RSA key of fewer than 2048 bits', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  assert.deepEqual(diagnose(projectWithKeys('idp.pem', pem)), ['idp.pem:1:1 error weak-key #'])
})

test('an RSA key whose exponent lets anybody sign', () => {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const files = projectWithKeys('idp.json', keySet({ ...jwk, e: 'AQ', kid: 'a' }))
  assert.deepEqual(diagnose(files), ['idp.json:2:1 error weak-key #/keys/0'])
  assert.equal(findings(files)[0]?.message, 'the key `a` has the RSA exponent 1')
})
