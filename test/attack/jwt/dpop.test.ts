/** What a thief of a DPoP-bound token may try (RFC 9449 §11), and what is wrong with proofs (§4.3). */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { authRefusals } from '../../../src/gateway/auth/auth-refusals.ts'
import { proofRefusals } from '../../../src/gateway/dpop/proof-refusals.ts'
import { ecKey, edKey, keyPlan, rsaKey, type TestKey, testNow, token } from '../../unit/gateway/auth/signed-token.ts'
import { makeProof, type ProofParts, thumbprintOf } from '../../unit/gateway/dpop/made-proof.ts'
import { ManualClock } from '../../unit/gateway/sample-exchange.ts'
import { sampleIssuer, tokenSecurity } from '../../unit/gateway/sample-plan.ts'
import { Backend } from '../../wire/backend.ts'
import { type Answer, ask } from '../../wire/client.ts'
import { LocalGateway } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'
import { requestText } from '../../wire/request-text.ts'

const uri = 'http://gateway.example/pets'
const bound = token({ cnf: { jkt: thumbprintOf(ecKey.publicKey) } })

describe('a token that is bound to a key', () => {
  let backend: Backend
  let gateway: LocalGateway
  const clock = new ManualClock(testNow * 1_000)

  before(async () => {
    backend = await Backend.start()
    const issuer = sampleIssuer({ keys: [keyPlan(rsaKey)], senderConstrained: { certificate: false, dpop: true, required: true } })
    const operation = { security: tokenSecurity({ dpop: true }), template: '/pets' } as const
    const plan = planOf([backend.url], {
      issuers: [issuer],
      trustedProxies: [],
      operations: [
        { ...operation, method: 'GET' },
        { ...operation, method: 'POST' },
      ],
    })
    gateway = await LocalGateway.start(plan, { clock })
  })
  after(async () => {
    await gateway.stop()
    await backend.stop()
  })

  function proof(parts: ProofParts = {}, of = bound): string {
    return `DPoP: ${makeProof(of, { ...parts, claims: { htu: uri, ...parts.claims } })}`
  }

  function get(fields: readonly string[], target = '/pets'): Promise<Answer> {
    return ask(gateway.port, requestText('GET', target, fields))
  }

  const refusals = Object.entries({ ...authRefusals('test', true), ...proofRefusals('test') })

  /** The reason of the refusal with that answer's challenges, or the status of what was let through. */
  async function verdict(fields: readonly string[], target = '/pets'): Promise<unknown> {
    const { status, message } = await get(fields, target)
    const challenges = message.values('WWW-Authenticate').map((value) => `WWW-Authenticate: ${value}\r\n`)
    return refusals.find(([, refusal]) => refusal.fields === challenges.join(''))?.[0] ?? status
  }

  const authorization = `Authorization: DPoP ${bound}`

  test('is good with a proof, which the backend does not see', async () => {
    const next = backend.next()
    assert.equal((await get([authorization, proof()])).status, 200)
    const request = await next
    assert.deepEqual([request.field('dpop'), request.field('authorization')], [undefined, undefined])
    assert.equal(await verdict([`Authorization: dpop ${bound}`, proof()]), 200)
  })

  test('is good with a proof by any key that was agreed on', async () => {
    for (const key of [edKey, rsaKey]) {
      const own = token({ cnf: { jkt: await calculateJwkThumbprint(await exportJWK(key.publicKey)) } })
      assert.equal(await verdict([`Authorization: DPoP ${own}`, proof({ key }, own)]), 200)
    }
  })

  test('is refused without a proof, with two, and as a bearer token', async () => {
    assert.equal(await verdict([authorization]), 'proof-missing')
    assert.equal(await verdict([authorization, proof(), proof()]), 'proof-missing')
    assert.equal(await verdict([authorization, 'DPoP: ']), 'proof-malformed')
    assert.equal(await verdict([`Authorization: Bearer ${bound}`, proof()]), 'proof-needed')
    assert.equal(await verdict([`Authorization: DPoP ${token()}`, proof({}, token())]), 'not-bound')
  })

  test('says in its refusals what is asked for', async () => {
    const challenges = async (fields: readonly string[]): Promise<readonly string[]> =>
      (await get(fields)).message.values('WWW-Authenticate')
    const algorithms = 'algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256"'
    assert.equal((await get([])).status, 401)
    assert.deepEqual(await challenges([]), ['Bearer realm="test"', `DPoP realm="test", ${algorithms}`])
    assert.deepEqual(await challenges([authorization]), [
      `DPoP realm="test", error="invalid_dpop_proof", error_description="The request needs exactly one proof", ${algorithms}`,
    ])
  })

  test('is refused with a proof that was used before', async () => {
    const once = proof({ claims: { jti: 'once' } })
    assert.equal(await verdict([authorization, once]), 200)
    assert.equal(await verdict([authorization, once]), 'proof-replayed')
    assert.equal(await verdict([authorization, proof({ claims: { jti: 'once', iat: testNow + 1 } })]), 'proof-replayed')
    assert.equal(await verdict([authorization, proof({ claims: { jti: 'another' } })]), 200)
  })

  test('does not lose a proof’s id to somebody who sends it with a forged signature', async () => {
    const good = proof({ claims: { jti: 'wanted' } })
    assert.equal(await verdict([authorization, `${good.slice(0, -8)}AAAAAAAA`]), 'proof-signature')
    assert.equal(await verdict([authorization, good]), 200)
  })

  test('is refused with a proof for another request', async () => {
    assert.equal(await verdict([authorization, proof({ claims: { htm: 'POST' } })]), 'proof-request')
    assert.equal(await verdict([authorization, proof({ claims: { htm: 'get' } })]), 'proof-request')
    for (const htu of [
      'https://gateway.example/pets',
      'http://gateway.example:8080/pets',
      'http://other.example/pets',
      'http://gateway.example/pets/',
      'http://gateway.example/Pets',
      'http://gateway.example/',
      'http://user@gateway.example/pets',
      '/pets',
      'pets',
      'ftp://gateway.example/pets',
      '',
      1,
      undefined,
    ]) {
      assert.equal(await verdict([authorization, proof({ claims: { htu } })]), 'proof-request', String(htu))
    }
  })

  test('is good however the same address is written', async () => {
    for (const htu of [uri, 'HTTP://Gateway.Example:80/pets', 'http://gateway.example/%70ets', `${uri}?a=b#c`]) {
      assert.equal(await verdict([authorization, proof({ claims: { htu } })], '/pets?limit=1'), 200, htu)
    }
  })

  test('believes no stranger about the address', async () => {
    const forwarded = ['X-Forwarded-Host: other.example', 'X-Forwarded-Proto: https']
    assert.equal(await verdict([authorization, proof({ claims: { htu: 'https://other.example/pets' } }), ...forwarded]), 'proof-request')
  })

  test('is refused where another server passes it on under its own name', async (t) => {
    const operation = { method: 'GET', template: '/pets', security: tokenSecurity({ dpop: true }) } as const
    const issuer = sampleIssuer({ keys: [keyPlan(rsaKey)], senderConstrained: { certificate: false, dpop: true, required: true } })
    const publicOrigins = ['https://api.example', 'http://gateway.example']
    const plan = planOf([backend.url], { issuers: [issuer], publicOrigins, trustedProxies: ['127.0.0.1'], operations: [operation] })
    const known = await LocalGateway.start(plan, { clock })
    t.after(() => known.stop())
    const status = async (host: string, htu: string, ...fields: readonly string[]): Promise<number> => {
      const lines = [`GET /pets HTTP/1.1`, `Host: ${host}`, authorization, proof({ claims: { htu } }), ...fields]
      return (await ask(known.port, `${lines.join('\r\n')}\r\n\r\n`)).status
    }
    assert.equal(await status('evil.example', 'http://evil.example/pets'), 401)
    assert.equal(
      await status('gateway.example', 'https://evil.example/pets', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https'),
      401,
    )
    assert.equal(await status('api.example', 'http://api.example/pets'), 401)
    assert.equal(await status('10.0.0.1:8080', 'https://API.example:443/pets'), 200)
    assert.equal(await status('10.0.0.1:8080', 'http://gateway.example/pets'), 200)
  })

  test('is refused with a proof of another time, or without one', async () => {
    for (const iat of [testNow - 66, testNow + 6]) {
      assert.equal(await verdict([authorization, proof({ claims: { iat } })]), 'proof-time')
    }
    for (const iat of [undefined, null, String(testNow)]) {
      assert.equal(await verdict([authorization, proof({ claims: { iat } })]), 'proof-malformed')
    }
    assert.equal(await verdict([authorization, proof({ claims: { iat: testNow - 60 } })]), 200)
  })

  test('is refused with a proof for another token, or for none', async () => {
    assert.equal(await verdict([authorization, proof({}, token())]), 'proof-token')
    assert.equal(await verdict([authorization, proof({ claims: { ath: undefined } })]), 'proof-token')
  })

  test('is refused with a proof of another key, or a claim to have its own', async () => {
    const thief: TestKey = { kid: 'thief', algorithm: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
    assert.equal(await verdict([authorization, proof({ key: thief })]), 'proof-key')
    const jwk = ecKey.publicKey.export({ format: 'jwk' })
    assert.equal(await verdict([authorization, proof({ key: thief, header: { jwk } })]), 'proof-signature')
  })

  test('is refused with a proof that is none', async () => {
    const secret = ecKey.privateKey.export({ format: 'jwk' })
    const headers = [
      { typ: 'JWT' },
      { typ: undefined },
      { jwk: undefined },
      { jwk: 'x' },
      { jwk: secret },
      { jwk: { kty: 'oct', k: 'c2VjcmV0' } },
      { jwk: { ...ecKey.publicKey.export({ format: 'jwk' }), d: '' } },
      { jwk: { kty: 'EC' } },
      { crit: ['exp'] },
    ]
    for (const header of headers) assert.equal(await verdict([authorization, proof({ header })]), 'proof-malformed', JSON.stringify(header))
    for (const jti of [undefined, '', 7, 'x'.repeat(257)]) {
      assert.equal(await verdict([authorization, proof({ claims: { jti } })]), 'proof-malformed')
    }
    for (const text of ['x', 'a.b.c', `${proof().slice(6)}=`]) {
      assert.equal(await verdict([authorization, `DPoP: ${text}`]), 'proof-malformed')
    }
  })

  for (const alg of ['none', 'HS256', 'ES384', 'RS256', undefined, 'es256']) {
    test(`is refused with a proof of algorithm ${alg}`, async () => {
      const reason = await verdict([authorization, proof({ header: { alg } })])
      assert.equal(reason, 'proof-algorithm')
    })
  }
})
