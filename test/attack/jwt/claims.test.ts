/** Rightly signed tokens that must not be accepted. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Rig, rig, verdict } from '../../unit/gateway/auth/authentication.ts'
import { goodClaims, keyPlan, rawToken, rsaKey, testNow, token } from '../../unit/gateway/auth/signed-token.ts'
import { sampleIssuer } from '../../unit/gateway/sample-plan.ts'

let gateway: Rig
before(async () => {
  gateway = await rig()
})

const header = '{"alg":"RS256","kid":"rsa"}'

/** The good claims with one member written as this very text. */
function withRaw(name: string, text: string): string {
  const { [name]: _, ...rest } = goodClaims
  return rawToken(header, `${JSON.stringify(rest).slice(0, -1)},"${name}":${text}}`)
}

test('exp must be there, and a finite number', async () => {
  assert.equal(await verdict(gateway, token({ exp: undefined })), 'claims')
  for (const odd of ['1e999', '-1e999', `"${testNow + 60}"`, 'null', 'true', '[]', `[${testNow + 60}]`, '{}']) {
    assert.equal(await verdict(gateway, withRaw('exp', odd)), 'claims', odd)
  }
})

test('exp holds to the second, with the clock skew of the issuer', async () => {
  assert.equal(await verdict(gateway, token({ exp: testNow - 4 })), 'accepted')
  assert.equal(await verdict(gateway, token({ exp: testNow - 5 })), 'expired')
  for (const past of [0, -1, testNow - 3_600, 1.5]) assert.equal(await verdict(gateway, token({ exp: past })), 'expired')
})

test('milliseconds where seconds belong mean a far future, which is the issuer’s word', async () => {
  assert.equal(await verdict(gateway, token({ exp: testNow * 1_000 })), 'accepted')
  assert.equal(await verdict(gateway, token({ nbf: testNow * 1_000 })), 'not-yet-valid')
})

for (const name of ['nbf', 'iat']) {
  test(`${name} in the future, or not a finite number`, async () => {
    assert.equal(await verdict(gateway, token({ [name]: testNow + 5 })), 'accepted')
    assert.equal(await verdict(gateway, token({ [name]: testNow + 6 })), 'not-yet-valid')
    for (const odd of ['1e999', '-1e999', '"1"', 'null', 'false', '[1]'])
      assert.equal(await verdict(gateway, withRaw(name, odd)), 'claims', odd)
  })
}

test('iss must be exactly that of an issuer', async () => {
  for (const iss of [
    undefined,
    null,
    '',
    'https://idp.example.com/',
    'HTTPS://idp.example.com',
    'https://evil.example',
    ['https://idp.example.com'],
    1,
    '__proto__',
    'constructor',
  ]) {
    assert.equal(await verdict(gateway, token({ iss })), 'unknown-issuer', JSON.stringify(iss))
  }
})

test('aud must name an audience of the gateway', async () => {
  assert.equal(await verdict(gateway, token({ aud: ['other', 'petstore'] })), 'accepted')
  for (const aud of ['other', 'Petstore', 'petstore ', '', [], ['other']])
    assert.equal(await verdict(gateway, token({ aud })), 'audience', JSON.stringify(aud))
  for (const aud of [undefined, null, 1, {}, ['petstore', 1], [['petstore']]])
    assert.equal(await verdict(gateway, token({ aud })), 'claims', JSON.stringify(aud))
  const any = await rig({ issuers: [sampleIssuer({ audiences: 'any', keys: [keyPlan(rsaKey)] })] })
  assert.equal(await verdict(any, token({ aud: undefined })), 'accepted')
})

test('jti and sub must be text, so that a revocation can name them', async () => {
  for (const odd of [1, null, true, ['x'], {}]) {
    assert.equal(await verdict(gateway, token({ jti: odd })), 'claims')
    assert.equal(await verdict(gateway, token({ sub: odd })), 'claims')
  }
  assert.equal(await verdict(gateway, token({ sub: undefined })), 'accepted')
})

test('typ, where it is given, must say that it is an access token or a JWT', async () => {
  for (const typ of [undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/JWT']) {
    assert.equal(await verdict(gateway, token({}, rsaKey, { typ })), 'accepted', String(typ))
  }
  for (const typ of ['', 'JWE', 'JOSE', 'dpop+jwt', 'logout+jwt', 'application/application/jwt', 'text/jwt', 'jwt ', null, 1, ['JWT']]) {
    assert.equal(await verdict(gateway, token({}, rsaKey, { typ })), 'type', JSON.stringify(typ))
  }
})

test('no extension is critical, and none is understood', async () => {
  for (const extension of [
    { crit: ['exp'], exp: 1 },
    { crit: [] },
    { crit: null },
    { crit: 'b64' },
    { b64: false, crit: ['b64'] },
    { b64: false },
    { b64: true },
  ]) {
    assert.equal(await verdict(gateway, token({}, rsaKey, extension)), 'critical', JSON.stringify(extension))
  }
})

test('the kind of key is one that is known', async () => {
  for (const [keytype, kind] of [
    [undefined, 'production'],
    ['PRODUCTION', 'production'],
    ['sandbox', 'sandbox'],
    ['SANDBOX', 'sandbox'],
  ] as const) {
    const { exchange } = await gateway.authenticate(`Bearer ${token({ keytype })}`)
    assert.equal(exchange.token?.keyType, kind)
  }
  for (const keytype of ['', 'TEST', 'SANDBOX ', null, 1, ['SANDBOX'], {}]) {
    assert.equal(await verdict(gateway, token({ keytype })), 'key-type', JSON.stringify(keytype))
  }
})

test('nothing of a token is repeated in a refusal', async () => {
  const secret = 'do-not-repeat-me'
  for (const odd of [
    token({ iss: secret }),
    token({ aud: secret }),
    token({}, rsaKey, { kid: secret }),
    token({}, rsaKey, { typ: secret }),
    secret,
  ]) {
    const { refusal } = await gateway.authenticate(`Bearer ${odd}`)
    assert.equal(refusal?.kind, 'credential-invalid')
    assert.equal(JSON.stringify(refusal).includes(secret), false)
    assert.match(refusal.fields, /^WWW-Authenticate: Bearer realm="petstore", error="invalid_token", error_description="[A-Za-z ]+"\r\n$/)
  }
  assert.equal(gateway.metrics.render().includes(secret), false)
})
