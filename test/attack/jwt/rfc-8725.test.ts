/**
 * What RFC 8725 §2 and §3 warn of and the files beside this one do not show: numbers of elliptic signatures that no key makes (§3.4), `kid` as
 * a way to somewhere else (§3.10), tokens within tokens (§3.3), and tokens that were made for other purposes (§2.8, §3.12).
 */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Rig, rig, verdict } from '../../unit/gateway/auth/authentication.ts'
import { base64url, ecKey, edKey, goodClaims, rawToken, token } from '../../unit/gateway/auth/signed-token.ts'

let gateway: Rig
before(async () => {
  gateway = await rig()
})

const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const zero = Buffer.alloc(32)
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
const most = Buffer.alloc(32, 0xff)

for (const [name, r, s] of [
  ['zero and zero', zero, zero],
  ['zero and one', zero, one],
  ['one and zero', one, zero],
  ['the order twice', order, order],
  ['the order and one', order, one],
  ['one and one', one, one],
  ['all bits', most, most],
] as const) {
  test(`an elliptic signature of ${name}`, async () => {
    const signed = token({}, ecKey).split('.').slice(0, 2).join('.')
    assert.equal(await verdict(gateway, `${signed}.${base64url(Buffer.concat([r, s]))}`), 'signature')
  })
}

test('an Edwards signature of a point of small order', async () => {
  const signed = token({}, edKey).split('.').slice(0, 2).join('.')
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)])
  for (const signature of [identity, Buffer.alloc(64)])
    assert.equal(await verdict(gateway, `${signed}.${base64url(signature)}`), 'signature')
})

test('a kid that leads to a file, a query or an address is the name of no key', async () => {
  const names = ['../../../dev/null', '/dev/null', "rsa' OR '1'='1", 'https://evil.example/jwks#rsa', 'rsa\u0000', 'rsa ', 'RSA', '']
  for (const kid of names) assert.equal(await verdict(gateway, token({}, ecKey, { kid })), 'unknown-key', kid)
})

test('a token as the content of another', async () => {
  assert.equal(await verdict(gateway, rawToken(JSON.stringify({ alg: 'RS256', kid: 'rsa', cty: 'JWT' }), token())), 'malformed')
  const within = JSON.stringify({ payload: token(), signatures: [] })
  assert.equal(await verdict(gateway, rawToken(JSON.stringify({ alg: 'RS256', kid: 'rsa' }), within)), 'unknown-issuer')
})

test('rightly signed tokens of other kinds', async () => {
  for (const typ of [
    'dpop+jwt',
    'secevent+jwt',
    'logout+jwt',
    'oauth-authz-req+jwt',
    'token-introspection+jwt',
    'entity-statement+jwt',
    'JOSE',
  ])
    assert.equal(
      await verdict(gateway, rawToken(JSON.stringify({ alg: 'ES256', kid: 'ec', typ }), JSON.stringify(goodClaims), ecKey)),
      'type',
      typ,
    )
})
