import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { readJwks } from '../../../../src/compiler/model/jwks.ts'
import { jwtAlgorithms } from '../../../../src/contract/key-rules.ts'
import { type KeySet, readKeySet } from '../../../../src/gateway/key-sets/read-key-set.ts'
import { makeCertificate } from '../../../certificate.ts'
import { yamlNode } from '../../compiler/model/yaml-node.ts'

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  weak: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  three: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  k256: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ed: generateKeyPairSync('ed25519'),
  x25519: generateKeyPairSync('x25519'),
}

function jwk(name: keyof typeof pairs, parts: object = {}): object {
  return { ...pairs[name].publicKey.export({ format: 'jwk' }), kid: name, ...parts }
}

function certificateOf(name: 'ed' | 'p256'): string {
  const keys = pairs[name]
  const text = makeCertificate({ subject: 'key', notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01'), keys })
  return new X509Certificate(text).raw.toString('base64')
}

function read(...keys: readonly unknown[]): KeySet {
  const set = readKeySet(Buffer.from(JSON.stringify({ keys })), jwtAlgorithms)
  if (typeof set === 'string') throw new Error(set)
  return set
}

/** What each is, and what is wrong with it; `null`: it is used; `encryption`: it is left out and is no fault. */
const judged: readonly (readonly [string, unknown, string | null])[] = [
  ['RSA', jwk('rsa'), null],
  ['RSA for one algorithm', jwk('rsa', { alg: 'PS256', use: 'sig' }), null],
  ['P-256', jwk('p256'), null],
  ['P-521', jwk('p521'), null],
  ['Ed25519', jwk('ed', { key_ops: ['verify'] }), null],
  ['without id', jwk('ed', { kid: undefined }), null],
  ['with its certificate', jwk('ed', { x5c: [certificateOf('ed')] }), null],
  ['with members nobody knows', jwk('p256', { 'x-made': 'today', ext: true }), null],
  ['weak modulus', jwk('weak'), 'weak'],
  ['weak exponent', jwk('three'), 'weak'],
  ['another curve', jwk('k256'), 'unusable'],
  ['key agreement', jwk('x25519'), 'unusable'],
  ['another key’s certificate', jwk('ed', { x5c: [certificateOf('p256')] }), 'unusable'],
  ['no certificate', jwk('ed', { x5c: ['AAAA'] }), 'unusable'],
  ['private', { ...pairs.p256.privateKey.export({ format: 'jwk' }), kid: 'p256' }, 'private'],
  ['private, for encryption', { ...pairs.rsa.privateKey.export({ format: 'jwk' }), use: 'enc' }, 'private'],
  ['symmetric', { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' }, 'symmetric'],
  ['symmetric under another type', jwk('rsa', { k: 'c2VjcmV0' }), 'symmetric'],
  ['HS256', jwk('rsa', { alg: 'HS256' }), 'unusable'],
  ['none', jwk('rsa', { alg: 'none' }), 'unusable'],
  ['another key’s algorithm', jwk('rsa', { alg: 'ES256' }), 'unusable'],
  ['an algorithm that is no text', jwk('rsa', { alg: 256 }), 'unusable'],
  ['an id that is no text', jwk('rsa', { kid: 7 }), 'unusable'],
  ['an id with a line end', jwk('rsa', { kid: 'a\nb' }), 'unusable'],
  ['a long id', jwk('rsa', { kid: 'k'.repeat(257) }), 'unusable'],
  ['another use', jwk('rsa', { use: 'wrap' }), 'unusable'],
  ['other operations', jwk('rsa', { key_ops: ['sign'] }), 'unusable'],
  ['no operation', jwk('rsa', { key_ops: [] }), 'unusable'],
  ['no type', jwk('rsa', { kty: undefined }), 'unusable'],
  ['another type', jwk('rsa', { kty: 'EC' }), 'unusable'],
  ['no modulus', jwk('rsa', { n: undefined }), 'unusable'],
  ['a modulus with white space', jwk('rsa', { n: 'AQ AB' }), 'unusable'],
  ['a modulus without end', jwk('rsa', { n: 'A'.repeat(5000) }), 'unusable'],
  ['a point off its curve', jwk('p256', { x: 'A'.repeat(43) }), 'unusable'],
  ['a list', [], 'not-an-object'],
  ['nothing', null, 'not-an-object'],
  ['for encryption', jwk('rsa', { use: 'enc' }), 'encryption'],
  ['for encryption by its algorithm', jwk('rsa', { alg: 'RSA-OAEP-256' }), 'encryption'],
  ['for encryption by its operations', jwk('rsa', { key_ops: ['wrapKey'] }), 'encryption'],
]

for (const [what, key, fault] of judged) {
  test(`a fetched key is judged: ${what}`, () => {
    const { keys, leftOut } = read(key)
    assert.equal(keys.length, fault === null ? 1 : 0)
    assert.deepEqual(
      leftOut.map((each) => each.fault),
      fault === null || fault === 'encryption' ? [] : [fault],
    )
  })

  test(`the compiler judges the same of a baked key: ${what}`, () => {
    // A second one, so that a set with a key for encryption alone is no finding.
    const text = JSON.stringify({ keys: [key, jwk('p521', { kid: 'beside' })] })
    const { node, diagnostics } = yamlNode(text)
    const baked = readJwks(node, diagnostics).filter(({ kid }) => kid !== 'beside')
    const fetched = read(key).keys
    assert.deepEqual(
      baked.map(({ kid, algorithms, jwk: members }) => ({ kid, algorithms, jwk: members })),
      fetched.map(({ kid, algorithms, jwk: members }) => ({ kid, algorithms, jwk: members })),
    )
    assert.equal(diagnostics.hasErrors, fault !== null && fault !== 'encryption')
  })
}

test('a bad key does not take the good ones along', () => {
  const { keys, leftOut } = read(jwk('weak'), jwk('p256'), null)
  assert.deepEqual(
    keys.map(({ kid }) => kid),
    ['p256'],
  )
  assert.deepEqual(leftOut, [
    { kid: 'weak', fault: 'weak' },
    { kid: null, fault: 'not-an-object' },
  ])
})

test('of two keys with one id neither is used', () => {
  const { keys, leftOut } = read(jwk('p256', { kid: 'one' }), jwk('ed', { kid: 'one' }), jwk('p521'))
  assert.deepEqual(
    keys.map(({ kid }) => kid),
    ['p521'],
  )
  assert.deepEqual(leftOut, [{ kid: 'one', fault: 'duplicate-kid' }])
})

test('keys are confined to the algorithms that the project permits', () => {
  const bytes = Buffer.from(JSON.stringify({ keys: [jwk('rsa'), jwk('p256')] }))
  const set = readKeySet(bytes, ['PS256'])
  assert.ok(typeof set !== 'string')
  assert.deepEqual(
    set.keys.map(({ kid, algorithms }) => ({ kid, algorithms })),
    [{ kid: 'rsa', algorithms: ['PS256'] }],
  )
  assert.deepEqual(set.leftOut, [{ kid: 'p256', fault: 'algorithm' }])
})

test('what is no key set is refused as a whole', () => {
  const sets = ['', 'null', '[]', '{}', '{"keys":{}}', '{"keys":[', '<html>', '{"__proto__":{"keys":[]}}', Buffer.from([0x7b, 0xff, 0x7d])]
  for (const set of sets) assert.equal(readKeySet(Buffer.from(set as string), jwtAlgorithms), 'malformed', String(set))
  const many = JSON.stringify({ keys: Array.from({ length: 101 }, (_, index) => ({ kid: String(index) })) })
  assert.equal(readKeySet(Buffer.from(many), jwtAlgorithms), 'too-many-keys')
})
