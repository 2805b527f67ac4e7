import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { readJwks } from '../../../../src/compiler/model/jwks.ts'
import { makeCertificate } from '../../../certificate.ts'
import { reported, yamlNode } from './yaml-node.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaJwk = rsa.publicKey.export({ format: 'jwk' })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const ed25519 = generateKeyPairSync('ed25519')
const edwardsJwk = ed25519.publicKey.export({ format: 'jwk' })

function read(...keys: readonly unknown[]) {
  const { node, diagnostics } = yamlNode(JSON.stringify({ keys }))
  return { keys: readJwks(node, diagnostics), findings: reported(diagnostics).map((line) => line.replace(/^\S+ /, '')) }
}

test('each type of key allows the algorithms that fit it', () => {
  const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })
  const { keys, findings } = read(rsaJwk, p256, curve('P-384'), curve('P-521'), edwardsJwk)
  assert.deepEqual(findings, [])
  assert.deepEqual(
    keys.map(({ algorithms }) => algorithms),
    [['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], ['ES256'], ['ES384'], ['ES512'], ['EdDSA', 'Ed25519']],
  )
})

test('`alg` pins a key to one algorithm', () => {
  assert.deepEqual(read({ ...rsaJwk, alg: 'PS256' }).keys[0]?.algorithms, ['PS256'])
  assert.deepEqual(read({ ...edwardsJwk, alg: 'Ed25519' }).keys[0]?.algorithms, ['Ed25519'])
})

test('only the members of the public key are kept', () => {
  const { keys } = read({ ...rsaJwk, kid: 'a', use: 'sig', key_ops: ['verify'], x5t: 'AAAA', comment: 'mine' })
  assert.deepEqual(keys[0]?.jwk, { kty: 'RSA', n: String(rsaJwk.n), e: 'AQAB' })
  assert.equal(keys[0]?.kid, 'a')
  assert.ok(createPublicKey({ key: { ...keys[0]?.jwk }, format: 'jwk' }).equals(rsa.publicKey))
})

test('every private member is refused, also that of an encryption key', () => {
  for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']) {
    const { keys, findings } = read({ ...rsaJwk, kid: 'a', use: 'enc', [member]: 'c2VjcmV0' }, p256)
    assert.equal(keys.length, 1, member)
    assert.deepEqual(findings, ['private-key the key `a` is a private key'])
  }
})

test('a symmetric key is refused, whatever else it is', () => {
  assert.deepEqual(read({ kty: 'oct', k: 'c2VjcmV0' }, p256).findings, ['symmetric-key the key is symmetric'])
  assert.deepEqual(read({ ...p256, k: 'c2VjcmV0' }, p256).findings, ['symmetric-key the key is symmetric'])
})

test('keys for encryption are left out where there are others', () => {
  const forEncryption = [
    { ...rsaJwk, use: 'enc' },
    { ...rsaJwk, alg: 'RSA-OAEP-256' },
    { ...p256, alg: 'ECDH-ES+A128KW' },
    { ...p256, key_ops: ['deriveKey'] },
  ]
  const { keys, findings } = read(...forEncryption, { ...p256, kid: 'signs' })
  assert.deepEqual(findings, [])
  assert.deepEqual(
    keys.map(({ kid }) => kid),
    ['signs'],
  )
  assert.deepEqual(read(...forEncryption).findings, ['unusable-key the set has no key for signatures'])
})

test('a key for another use is refused', () => {
  const wrong = [
    { use: 'tls' },
    { use: 7 },
    { key_ops: ['sign'] },
    { key_ops: [] },
    { key_ops: 'verify' },
    { alg: 'HS256' },
    { alg: 'none' },
    { alg: 'ES256' },
    { alg: 'rs256' },
    { alg: 7 },
    { kid: '' },
    { kid: 7 },
    { kid: 'a\nb' },
    { kid: 'a'.repeat(257) },
  ]
  for (const members of wrong) {
    const { keys, findings } = read({ ...rsaJwk, ...members })
    assert.deepEqual(keys, [], JSON.stringify(members))
    assert.match(findings.join('\n'), /^unusable-key [^\n]*$/, JSON.stringify(members))
  }
})

test('weak RSA keys are refused', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  assert.deepEqual(read(small).findings, ['weak-key the key is an RSA key of 1024 bits'])
  for (const [e, exponent] of [
    ['AQ', 1],
    ['Aw', 3],
    ['AA', 0],
    ['AQAC', 65538],
  ] as const) {
    assert.deepEqual(read({ ...rsaJwk, e }).findings, [`weak-key the key has the RSA exponent ${exponent}`])
  }
})

test('keys that are none are refused', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no type', {}],
    ['unknown type', { ...rsaJwk, kty: 'rsa' }],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }],
    ['modulus is a number', { ...rsaJwk, n: 7 }],
    ['modulus is not base64url', { ...rsaJwk, n: `${rsaJwk.n?.slice(1)}+` }],
    ['modulus is huge', { ...rsaJwk, n: 'f'.repeat(5000) }],
    ['exponent is huge', { ...rsaJwk, e: '_'.repeat(43) }],
    ['point is not on the curve', { ...p256, x: p256.y }],
    ['point without y', { kty: 'EC', crv: 'P-256', x: p256.x }],
    ['point of another curve', { ...p256, crv: 'P-384' }],
    ['short Edwards key', { ...edwardsJwk, x: 'AAAA' }],
    ['Ed448', generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' })],
    ['X25519', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })],
    ['hostile type', { ...rsaJwk, kty: '__proto__' }],
  ]
  for (const [name, key] of wrong) {
    const { keys, findings } = read(key)
    assert.deepEqual(keys, [], name)
    assert.match(findings.join('\n'), /^unusable-key [^\n]*$/, name)
  }
})

test('a file that is no key set is refused', () => {
  for (const text of ['{}', '[]', '{"keys": {}}', '{"keys": []}', '{"keys": ["a"]}', JSON.stringify(rsaJwk)]) {
    const { node, diagnostics } = yamlNode(text)
    assert.deepEqual(readJwks(node, diagnostics), [], text)
    assert.equal(diagnostics.sorted[0]?.code, 'unusable-key', text)
  }
})

test('a certificate in the key says how long it holds, and must be the key’s own', () => {
  const days = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-12-31T00:00:00Z') }
  const certificateOf = (keys: { publicKey: typeof ed25519.publicKey; privateKey: typeof ed25519.privateKey }) =>
    makeCertificate({ subject: 'idp', ...days, keys }).replaceAll(/-----[A-Z ]+-----|\n/g, '')
  const [key] = read({ ...edwardsJwk, x5c: [certificateOf(ed25519)] }).keys
  assert.equal(key?.notBefore, days.notBefore.getTime() / 1000)
  assert.equal(key?.notAfter, days.notAfter.getTime() / 1000)
  for (const x5c of [[certificateOf(generateKeyPairSync('ed25519'))], ['AAAA'], [], 'AAAA', [7]]) {
    assert.deepEqual(read({ ...edwardsJwk, x5c }).findings, ['unusable-key the `x5c` of the key is not its certificate'])
  }
})
