/** Attacks on the choice of algorithm and key (RFC 8725 §2.1, §3.1). */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { before, test } from 'node:test'
import { type Rig, rig, verdict } from '../../unit/gateway/auth/authentication.ts'
import {
  base64url,
  ecKey,
  goodClaims,
  hmacToken,
  keyPlan,
  rawToken,
  rsaKey,
  type TestKey,
  token,
} from '../../unit/gateway/auth/signed-token.ts'
import { sampleIssuer } from '../../unit/gateway/sample-plan.ts'

let gateway: Rig
before(async () => {
  gateway = await rig()
})

const stranger: TestKey = { kid: 'rsa', algorithm: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }

for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined, 0, ['RS256'], { alg: 'RS256' }]) {
  test(`alg ${JSON.stringify(alg)} with and without a signature`, async () => {
    const header = JSON.stringify({ alg, kid: 'rsa' })
    assert.equal(await verdict(gateway, rawToken(header, JSON.stringify(goodClaims))), 'algorithm')
    assert.equal(await verdict(gateway, `${base64url(header)}.${base64url(JSON.stringify(goodClaims))}.`), 'malformed')
  })
}

test('the public key as the secret of an HMAC, in all its forms', async () => {
  const secrets = [
    rsaKey.publicKey.export({ format: 'pem', type: 'spki' }),
    rsaKey.publicKey.export({ format: 'pem', type: 'pkcs1' }),
    rsaKey.publicKey.export({ format: 'der', type: 'spki' }),
    JSON.stringify(rsaKey.publicKey.export({ format: 'jwk' })),
    Buffer.from(rsaKey.publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'),
    '',
  ]
  for (const secret of secrets) {
    for (const alg of ['HS256', 'RS256']) {
      assert.equal(await verdict(gateway, hmacToken({ alg, kid: 'rsa' }, secret)), alg === 'HS256' ? 'algorithm' : 'signature')
    }
  }
})

test('another algorithm of the same key than those it is for', async () => {
  const signed = `${base64url(JSON.stringify({ alg: 'RS512', kid: 'rsa' }))}.${base64url(JSON.stringify(goodClaims))}`
  const signature = sign('sha512', Buffer.from(signed), rsaKey.privateKey).toString('base64url')
  assert.equal(await verdict(gateway, `${signed}.${signature}`), 'algorithm')
})

test('a key of another type under the kid', async () => {
  assert.equal(await verdict(gateway, token({}, ecKey, { kid: 'rsa' })), 'algorithm')
  assert.equal(await verdict(gateway, token({}, ecKey, { kid: 'rsa', alg: 'RS256' })), 'signature')
})

test('a stranger’s key under a known kid, and without kid', async () => {
  assert.equal(await verdict(gateway, token({}, stranger)), 'signature')
  assert.equal(await verdict(gateway, token({}, stranger, { kid: undefined })), 'signature')
})

test('a kid that is unknown, of another type, or a member that objects inherit', async () => {
  for (const kid of [
    'other',
    '',
    ' rsa',
    'RSA',
    null,
    0,
    ['rsa'],
    { toString: 'rsa' },
    '__proto__',
    'constructor',
    '../../dev/null',
    "rsa' OR '1'='1",
  ]) {
    assert.equal(await verdict(gateway, token({}, rsaKey, { kid })), 'unknown-key', JSON.stringify(kid))
  }
})

test('a kid says nothing about keys that came without one, and still must be verified by one of them', async () => {
  const pem = await rig({ issuers: [sampleIssuer({ keys: [keyPlan(rsaKey, { kid: null })] })] })
  assert.equal(await verdict(pem, token({}, rsaKey, { kid: 'whatever the provider calls it' })), 'accepted')
  assert.equal(await verdict(pem, token({}, stranger, { kid: 'whatever the provider calls it' })), 'signature')
  assert.equal(await verdict(pem, token({}, rsaKey, { kid: 7 })), 'unknown-key')
})

test('a key that the token brings itself is never looked at', async () => {
  const jwk = stranger.publicKey.export({ format: 'jwk' })
  const embedded = { jwk, jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/certificate', x5c: ['AAAA'] }
  assert.equal(await verdict(gateway, token({}, stranger, embedded)), 'signature')
  assert.equal(await verdict(gateway, token({}, stranger, { ...embedded, kid: undefined })), 'signature')
  assert.equal(await verdict(gateway, token({}, rsaKey, embedded)), 'accepted')
})

test('what a forged token without kid costs is bounded, however many keys there are', async () => {
  const keys = Array.from({ length: 30 }, (_, index) => keyPlan(ecKey, { kid: `k${index}` }))
  const many = await rig({ issuers: [sampleIssuer({ keys: [...keys, keyPlan({ ...rsaKey, kid: 'last' })] })] })
  assert.equal(await verdict(many, token({}, rsaKey, { kid: undefined })), 'accepted')
  const tail = await rig({ issuers: [sampleIssuer({ keys: [...keys.slice(0, 8), keyPlan(stranger, { kid: 'x' })] })] })
  assert.equal(await verdict(tail, token({}, stranger, { kid: undefined })), 'accepted', 'only keys of its algorithm are counted')
})
