import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { apiWith, diagnose, findings } from './check-project.ts'
import { ellipticKeys, keySet, projectWithKeys } from './issuer-files.ts'

test('a private key in a key set', () => {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const files = projectWithKeys('idp.json', keySet({ ...jwk, kid: 'a' }))
  assert.deepEqual(diagnose(files), ['idp.json:2:1 error private-key #/keys/0'])
  for (const { message, hint } of findings(files)) assert.ok(!(message + hint).includes(jwk.d ?? ''))
})

test('a private key in a PEM file', () => {
  const files = projectWithKeys('idp.pem', ellipticKeys.publicKey + ellipticKeys.privateKey)
  assert.deepEqual(diagnose(files), ['idp.pem:5:1 error private-key #'])
})

test('a private key that a definition refers to', () => {
  const files = apiWith('paths: { /pets: { $ref: key.pem } }\n', { 'key.pem': ellipticKeys.privateKey })
  assert.deepEqual(diagnose(files), ['key.pem:1:1 error private-key #'])
  const [begin, secret = ''] = ellipticKeys.privateKey.split('\n')
  for (const { message, hint } of findings(files)) assert.ok(!(message + hint).includes(secret))
  const example = apiWith(`paths: { /pets: { get: { security: [] } } }\nx-example: |\n  ${begin}\n  ${secret}\n`)
  assert.deepEqual(diagnose(example), [])
})
