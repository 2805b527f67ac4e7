/** What the gateway says of itself: id and secret, or an assertion that its key has signed. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { jwtVerify } from 'jose'
import { clientAuthentication } from '../../../../src/gateway/calls/client-authentication.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const now = Date.UTC(2026, 0, 1)
const clock = { now: () => now, monotonic: () => 0 }

test('basic: both parts are form-encoded first (RFC 6749 section 2.3.1)', () => {
  const values = new Map([['SECRET', 'a b:+%é']])
  const said = clientAuthentication({ kind: 'basic', clientId: ['gate:way'], clientSecret: [{ setting: 'SECRET' }] }, values, clock)()
  assert.equal(atob(said.headers.Authorization!.slice(6)), 'gate%3Away:a+b%3A%2B%25%C3%A9')
  assert.deepEqual(said.parameters, {})
})

test('post and tls: in the form', () => {
  const post = clientAuthentication({ kind: 'post', clientId: ['g'], clientSecret: ['s'] }, new Map(), clock)()
  assert.deepEqual(post, { headers: {}, parameters: { client_id: 'g', client_secret: 's' } })
  assert.deepEqual(clientAuthentication({ kind: 'tls', clientId: ['g'] }, new Map(), clock)(), {
    headers: {},
    parameters: { client_id: 'g' },
  })
})

function withKey(t: TestContext, key: KeyObject | string): ReturnType<typeof clientAuthentication> {
  const path = join(temporaryFolder(t), 'key.pem')
  writeFileSync(path, typeof key === 'string' ? key : key.export({ type: 'pkcs8', format: 'pem' }))
  const plan = {
    kind: 'private_key_jwt',
    clientId: ['g'],
    keyFile: [{ setting: 'KEY' }],
    keyId: 'k1',
    audience: ['https://idp.example'],
  } as const
  return clientAuthentication(plan, new Map([['KEY', path]]), clock)
}

test('private_key_jwt: every kind of key makes an assertion that its public key verifies', async (t) => {
  const pairs = [
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['ES512', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
  ] as const
  for (const [algorithm, { publicKey, privateKey }] of pairs) {
    const authenticate = withKey(t, privateKey)
    const { headers, parameters } = authenticate()
    assert.deepEqual(headers, {})
    assert.equal(parameters.client_assertion_type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const { payload, protectedHeader } = await jwtVerify(parameters.client_assertion!, publicKey, {
      issuer: 'g',
      subject: 'g',
      audience: 'https://idp.example',
      currentDate: new Date(now),
    })
    assert.deepEqual(protectedHeader, { alg: algorithm, typ: 'JWT', kid: 'k1' })
    assert.equal(payload.exp, now / 1000 + 60)
    assert.notEqual(authenticate().parameters.client_assertion, parameters.client_assertion)
  }
})

test('a key that cannot be used stops the start, and is not repeated', (t) => {
  assert.throws(() => withKey(t, 'no key'), { message: 'KEY: the file does not hold an unencrypted private key as PEM' })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  assert.throws(() => withKey(t, privateKey), /^Error: KEY: the key must be RSA of 2048 bits or more/)
})
