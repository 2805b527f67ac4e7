import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { SignJWT } from 'jose'
import { sampleExchange } from '../sample-exchange.ts'
import { sampleIssuer, sampleOperation, tokenSecurity } from '../sample-plan.ts'
import { type Rig, rig, verdict } from './authentication.ts'
import { ecKey, edKey, goodClaims, keyPlan, rsaKey, type TestKey, testNow, token } from './signed-token.ts'

describe('a bearer token', () => {
  let gateway: Rig
  before(async () => {
    gateway = await rig()
  })

  test('is accepted and says who is calling', async () => {
    const { refusal, exchange } = await gateway.authenticate(`Bearer ${token({ azp: 'mobile' })}`)
    assert.equal(refusal, undefined)
    assert.equal(exchange.token?.keyType, 'production')
    assert.equal(exchange.token?.expiresAt, (testNow + 3_600 + 5) * 1_000)
    assert.equal(exchange.consumer.key, 'client:0:mobile')
  })

  for (const key of [rsaKey, ecKey, edKey]) {
    test(`may be signed with ${key.algorithm}`, async () => assert.equal(await verdict(gateway, token({}, key)), 'accepted'))
  }

  test('may be signed with any algorithm that its key allows, as another library makes it', async () => {
    const curves = { ES256: ecKey, ES384: makeKey('ES384', 'P-384'), ES512: makeKey('ES512', 'P-521') }
    const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
    const keys = [
      ...algorithms.map((algorithm) => ({ ...rsaKey, kid: algorithm, algorithm })),
      ...Object.values(curves),
      { ...edKey, kid: 'rfc9864', algorithm: 'Ed25519' as const },
    ]
    const many = await rig({ issuers: [sampleIssuer({ keys: keys.map((key) => keyPlan(key)) })] })
    for (const { kid, algorithm, privateKey } of keys) {
      const text = await new SignJWT({ ...goodClaims }).setProtectedHeader({ alg: algorithm, kid }).sign(privateKey)
      assert.equal(await verdict(many, text), 'accepted', algorithm)
      const [head, payload, signature] = text.split('.')
      const forged = Buffer.from(signature!, 'base64url')
      forged[5] = forged[5]! ^ 1
      assert.equal(await verdict(many, `${head}.${payload}.${forged.toString('base64url')}`), 'signature', algorithm)
    }
  })

  test('without kid is tried with the keys of its algorithm', async () => {
    assert.equal(await verdict(gateway, token({}, ecKey, { kid: undefined })), 'accepted')
  })

  test('is verified once, and then known by its text', async () => {
    const { authenticate, metrics } = await rig()
    const credential = `Bearer ${token()}`
    const first = await authenticate(credential)
    const second = await authenticate(credential)
    assert.equal(second.exchange.token, first.exchange.token)
    assert.deepEqual([metrics.tokenCache?.misses, metrics.tokenCache?.hits, metrics.tokenCache?.entries], [1, 1, 1])
  })

  test('keeps what it claims where something reads that, and only there', async () => {
    const credential = `Bearer ${token({ azp: 'mobile', custom: { a: [1] } })}`
    const keeping = await (await rig({ keepClaims: true })).authenticate(credential)
    assert.deepEqual([keeping.exchange.token?.claims?.azp, keeping.exchange.token?.claims?.custom], ['mobile', { a: [1] }])
    assert.equal((await gateway.authenticate(credential)).exchange.token?.claims, null)
  })

  test('that is new or known is admitted without a promise', async () => {
    const { tokens, plan } = await rig()
    const step = tokens.authenticate(plan.operations[0]!)
    const credential = `Bearer ${token()}`
    assert.equal(step?.(sampleExchange(credential)), undefined)
    assert.equal(step?.(sampleExchange(credential)), undefined)
  })

  test('has one entry, however its client spells the scheme', async () => {
    const { authenticate, metrics } = await rig()
    const text = token()
    for (const credential of [`Bearer ${text}`, `bearer ${text}`, `BEARER ${text}`]) {
      assert.equal((await authenticate(credential)).refusal, undefined)
    }
    assert.deepEqual([metrics.tokenCache?.misses, metrics.tokenCache?.entries], [1, 1])
  })

  test('that many requests bring at once gives all of them the same result', async () => {
    const { authenticate, metrics } = await rig()
    const credential = `Bearer ${token()}`
    const results = await Promise.all(Array.from({ length: 50 }, () => authenticate(credential)))
    assert.equal(new Set(results.map(({ exchange }) => exchange.token)).size, 1)
    assert.notEqual(results[0]?.exchange.token, null)
    assert.equal(metrics.tokenCache?.entries, 1)
  })

  test('is refused from the moment it expires, although it is known', async () => {
    const { authenticate, clock, metrics } = await rig()
    const credential = `Bearer ${token()}`
    await authenticate(credential)
    clock.advance((3_600 + 5) * 1_000 - 1)
    assert.equal((await authenticate(credential)).refusal, undefined)
    clock.advance(1)
    const { refusal, exchange } = await authenticate(credential)
    assert.equal(refusal?.kind, 'credential-expired')
    assert.match(refusal.fields, /error="invalid_token", error_description="The access token expired"\r\n$/)
    assert.equal(exchange.token, null)
    assert.equal(metrics.tokenCache?.entries, 0)
    assert.equal((await authenticate(credential)).refusal?.kind, 'credential-expired')
  })

  test('with a forged signature waits for a turn of the event loop, and holds up no other', async () => {
    const { authenticate } = await rig()
    let turned = false
    setImmediate(() => {
      turned = true
    })
    const { refusal } = await authenticate(`Bearer ${token().slice(0, -8)}AAAAAAAA`)
    assert.equal(refusal?.reason, 'signature')
    assert.equal(turned, true)
  })
})

describe('a request without a good credential', () => {
  test('is told which scheme to use, without an error code (RFC 6750 section 3.1)', async () => {
    const { refusal } = await (await rig()).authenticate(null)
    assert.deepEqual(refusal, { kind: 'credential-missing', fields: 'WWW-Authenticate: Bearer realm="petstore"\r\n', reason: 'missing' })
  })

  test('is told the same for another scheme', async () => {
    const { refusal } = await (await rig()).authenticate('Basic YWxpY2U6c2VjcmV0')
    assert.deepEqual(refusal, { kind: 'credential-missing', fields: 'WWW-Authenticate: Bearer realm="petstore"\r\n', reason: 'scheme' })
  })

  test('passes where anonymous callers may, and only without a credential', async () => {
    const { authenticate } = await rig({ operations: [sampleOperation({ security: tokenSecurity({ anonymous: true }) })] })
    const { refusal, exchange } = await authenticate(null)
    assert.equal(refusal, undefined)
    assert.equal(exchange.token, null)
    assert.equal(exchange.consumer.key, 'address:192.0.2.1')
    assert.equal((await authenticate('Bearer nonsense')).refusal?.kind, 'credential-invalid')
    assert.equal((await authenticate('Basic YQ==')).refusal?.kind, 'credential-missing')
  })

  test('needs no step on a public operation', async () => {
    const { tokens, plan } = await rig({ operations: [sampleOperation()] })
    assert.equal(tokens.authenticate(plan.operations[0]!), null)
    assert.equal(tokens.authorise(plan.operations[0]!), null)
  })

  test('is counted by reason', async () => {
    const { authenticate, metrics } = await rig()
    await authenticate(null)
    await authenticate('Bearer x')
    assert.match(
      metrics.render(),
      /postern_auth_failures_total\{reason="missing"\} 1\npostern_auth_failures_total\{reason="malformed"\} 1\n/,
    )
  })
})

describe('several issuers', () => {
  const issuers = [
    sampleIssuer({ keys: [keyPlan(rsaKey)] }),
    sampleIssuer({ issuer: 'https://partner.example', audiences: 'any', keys: [keyPlan(ecKey, { kid: 'rsa' })] }),
  ]
  const operations = [
    sampleOperation({ security: tokenSecurity() }),
    sampleOperation({ id: 'either', security: tokenSecurity({ alternatives: [{ issuers: [0, 1], scopes: [], certificate: false }] }) }),
  ]
  const partner = token({ iss: 'https://partner.example', aud: undefined }, ecKey, { kid: 'rsa' })

  test('are accepted where the operation names them', async () => {
    const { authenticate } = await rig({ issuers, operations })
    assert.equal((await authenticate(`Bearer ${partner}`, 1)).exchange.consumer.key, 'subject:1:alice')
    const { refusal } = await authenticate(`Bearer ${partner}`, 0)
    assert.equal(refusal?.kind, 'credential-invalid')
    assert.equal(refusal.reason, 'issuer-not-accepted')
  })

  test('do not vouch for one another: the key must be of the issuer that is named', async () => {
    const { authenticate } = await rig({ issuers, operations })
    const forged = token({ iss: 'https://idp.example.com' }, ecKey, { kid: 'rsa' })
    assert.equal((await authenticate(`Bearer ${forged}`, 1)).refusal?.reason, 'algorithm')
  })

  test('must have different names', async () => {
    await assert.rejects(rig({ issuers: [issuers[0]!, issuers[0]!] }), /Two issuers have the same name/)
  })
})

function makeKey(algorithm: TestKey['algorithm'], namedCurve: string): TestKey {
  return { kid: algorithm, algorithm, ...generateKeyPairSync('ec', { namedCurve }) }
}
