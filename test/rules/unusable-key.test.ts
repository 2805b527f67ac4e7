import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { diagnose, findings } from './check-project.ts'
import { keySet, projectWithKeys } from './issuer-files.ts'

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

test('a key of a set that verifies nothing', () => {
  const files = projectWithKeys('idp.json', keySet({ ...jwk, kid: 'a' }, { ...jwk, kid: 'b', x: jwk.y }))
  assert.deepEqual(diagnose(files), ['idp.json:3:1 error unusable-key #/keys/1'])
  assert.equal(findings(files)[0]?.message, 'the key `b` is malformed')
})

test('a PEM block that is no key', () => {
  const files = projectWithKeys('idp.pem', 'idp\n-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')
  assert.deepEqual(diagnose(files), ['idp.pem:2:1 error unusable-key #'])
})

test('a file that holds no keys at all is reported where it is named', () => {
  assert.deepEqual(diagnose(projectWithKeys('idp.txt', 'hello\n')), ['postern.yaml:9:11 error unusable-key #/issuers/0/keys'])
  assert.deepEqual(diagnose(projectWithKeys('idp.der', '\u0030\u0000')), ['postern.yaml:9:11 error unusable-key #/issuers/0/keys'])
})
