/** Tokens that an issuer signed rightly, for something else (RFC 8725 §2.8 and 3.11). */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Rig, rig, verdict } from '../../unit/gateway/auth/authentication.ts'
import { keyPlan, rsaKey, testNow, token } from '../../unit/gateway/auth/signed-token.ts'
import { sampleIssuer } from '../../unit/gateway/sample-plan.ts'

describe('an ID token', () => {
  let gateway: Rig
  before(async () => {
    gateway = await rig()
  })

  for (const claims of [
    { at_hash: 'x' },
    { c_hash: 'x' },
    { s_hash: 'x' },
    { nonce: 'n' },
    { token_use: 'id' },
    { typ: 'ID' },
    { nonce: 'n', typ: 'ID' },
    { at_hash: 'x', token_use: 'access' },
  ]) {
    test(`with ${JSON.stringify(claims)} is none for the gateway`, async () =>
      assert.equal(await verdict(gateway, token(claims)), 'id-token'))
  }

  for (const type of ['apiKey', 'APIKEY'])
    test(`and neither is an API key: ${type}`, async () =>
      assert.equal(await verdict(gateway, token({ token_type: type }, rsaKey, { typ: 'at+jwt' })), 'api-key'))

  test('is told apart from an access token with a nonce, as some issuers make them', async () => {
    assert.equal(await verdict(gateway, token({ nonce: 'n', typ: 'Bearer' })), 'accepted')
    assert.equal(await verdict(gateway, token({ nonce: 'n', token_use: 'access' })), 'accepted')
    assert.equal(await verdict(gateway, token({ token_type: 'Bearer' })), 'accepted')
    assert.equal(await verdict(gateway, token({ nonce: 'n' }, rsaKey, { typ: 'at+jwt' })), 'accepted')
    assert.equal(await verdict(gateway, token({ auth_time: testNow, azp: 'mobile', acr: '1', sid: 's' })), 'accepted')
  })

  for (const typ of ['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'kb+jwt', 'id_token+jwt', 1, null]) {
    test(`and no other kind: typ ${JSON.stringify(typ)}`, async () =>
      assert.equal(await verdict(gateway, token({}, rsaKey, { typ })), 'type'))
  }
})

describe('an issuer whose tokens follow RFC 9068', () => {
  const claims = { client_id: 'mobile', jti: 'a' }
  let gateway: Rig
  before(async () => {
    gateway = await rig({ issuers: [sampleIssuer({ profile: 'at+jwt', audiences: 'any', keys: [keyPlan(rsaKey)] })] })
  })

  test('has them accepted, whatever the case of their type', async () => {
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
      assert.equal(await verdict(gateway, token(claims, rsaKey, { typ })), 'accepted')
    }
  })

  for (const typ of ['JWT', undefined, 'dpop+jwt']) {
    test(`has none of type ${typ}`, async () => assert.equal(await verdict(gateway, token(claims, rsaKey, { typ })), 'type'))
  }

  for (const name of ['client_id', 'jti', 'sub', 'iat', 'aud', 'exp']) {
    test(`has none without ${name}`, async () =>
      assert.equal(await verdict(gateway, token({ ...claims, [name]: undefined }, rsaKey, { typ: 'at+jwt' })), 'claims'))
  }
})
