import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { calculateJwkThumbprint, createLocalJWKSet, type JWK, jwtVerify } from 'jose'
import { readPrivateKey, TokenSigner } from '../../../../src/gateway/backend-identity/token-signer.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}

function pem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }))
}

for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
  test(`signs with ${algorithm} what another library verifies by the published key`, async () => {
    const signer = new TokenSigner(pem(pairs[algorithm].privateKey), null, 'KEY')
    const jwk = signer.publicJwk as unknown as JWK
    const { payload, protectedHeader } = await jwtVerify(signer.sign({ sub: 'Zoë' }), createLocalJWKSet({ keys: [jwk] }))
    assert.deepEqual(payload, { sub: 'Zoë' })
    assert.deepEqual(protectedHeader, { typ: 'JWT', alg: algorithm, kid: jwk.kid })
    assert.equal(jwk.kid, await calculateJwkThumbprint(jwk))
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.ok(!(name in jwk), name)
  })
}

test('the key is PEM, PEM on one line, or the path of a file', (t) => {
  const text = pem(pairs.ES256.privateKey)
  const file = join(temporaryFolder(t), 'key.pem')
  writeFileSync(file, text)
  for (const given of [text, text.replaceAll('\n', '\\n'), file]) assert.equal(readPrivateKey(given, 'KEY'), text)
})

test('an older form of PEM will do', () => {
  const text = String(pairs.ES256.privateKey.export({ type: 'sec1', format: 'pem' }))
  assert.equal(new TokenSigner(text, 'ES256', 'KEY').publicJwk.alg, 'ES256')
})

test('a key that cannot be used is told by the name of its setting, and never repeated', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
  const encrypted = String(pairs.RS256.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }))
  const cases: readonly (readonly [string, RegExp])[] = [
    [pem(weak), /^KEY: the private key is too weak: RSA needs 2048 bits or more, and it has 1024$/],
    [pem(curve), /^KEY: the private key must be RSA \(RS256\), on the curve P-256 \(ES256\), or Ed25519 \(EdDSA\)$/],
    [encrypted, /^KEY: the private key is encrypted; give one that is not$/],
    [
      '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n',
      /^KEY must be a private key as PEM, or the path of a file with one$/,
    ],
    [String(pairs.ES256.publicKey.export({ type: 'spki', format: 'pem' })), /^KEY must be a private key as PEM/],
  ]
  for (const [text, message] of cases) assert.throws(() => new TokenSigner(text, null, 'KEY'), { name: 'Error', message })
  assert.throws(() => readPrivateKey('/nowhere/secret.pem', 'KEY'), { message: 'KEY: the file of the private key cannot be read: ENOENT' })
})

test('a key for another algorithm than the project names is refused', () => {
  const message = 'KEY must hold a key for RS256 (backendToken.algorithm), and its key is one for ES256'
  assert.throws(() => new TokenSigner(pem(pairs.ES256.privateKey), 'RS256', 'KEY'), { message })
})
