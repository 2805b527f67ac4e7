/** Tokens that are bound to a certificate or a key, in the hands of somebody who copied them. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import type { IssuerPlan } from '../../../src/contract/plan/issuer.ts'
import { certificateOf } from '../../../src/gateway/listener/certificate-of.ts'
import { makeCertificate } from '../../certificate.ts'
import { rig } from '../../unit/gateway/auth/authentication.ts'
import { keyPlan, rsaKey, token } from '../../unit/gateway/auth/signed-token.ts'
import { sampleExchange } from '../../unit/gateway/sample-exchange.ts'
import { sampleIssuer, sampleOperation, tokenSecurity } from '../../unit/gateway/sample-plan.ts'

const lasting = { notBefore: new Date(0), notAfter: new Date('2100-01-01') }
const alice = certificateOf(new X509Certificate(makeCertificate({ subject: 'alice', ...lasting })))
const thumbprint = Buffer.alloc(32, 7)
const own = thumbprint.toString('base64url')
const other = Buffer.alloc(32, 8).toString('base64url')

/** What becomes of a token with these claims, presented with this certificate's thumbprint, or none. */
async function verdict(
  constrained: Partial<IssuerPlan['senderConstrained']>,
  claims: Readonly<Record<string, unknown>>,
  certificate: Buffer | null = null,
  scheme = 'Bearer',
): Promise<string> {
  const senderConstrained = { certificate: false, dpop: false, required: false, ...constrained }
  const { tokens, plan } = await rig({
    issuers: [sampleIssuer({ senderConstrained, keys: [keyPlan(rsaKey)] })],
    operations: [sampleOperation({ security: tokenSecurity({ dpop: senderConstrained.dpop }) })],
  })
  const exchange = sampleExchange(`${scheme} ${token(claims)}`)
  if (certificate !== null) {
    exchange.certificate = { ...alice, thumbprint: certificate.toString('hex') }
  }
  const step = tokens.authenticate(plan.operations[0]!)
  // The second time it is remembered, and no less bound.
  const first = await step?.(exchange)
  const second = await step?.(exchange)
  assert.equal(first?.reason, second?.reason)
  return first?.reason ?? 'accepted'
}

describe('a token bound to a certificate', () => {
  const constrained = { certificate: true }
  const claims = { cnf: { 'x5t#S256': own } }

  test('is good with that certificate and no other', async () => {
    assert.equal(await verdict(constrained, claims, thumbprint), 'accepted')
    assert.equal(await verdict(constrained, claims, Buffer.alloc(32, 8)), 'other-certificate')
    assert.equal(await verdict(constrained, { cnf: { 'x5t#S256': other } }, thumbprint), 'other-certificate')
    assert.equal(await verdict(constrained, claims), 'other-certificate')
  })

  test('is refused where certificates are not looked at', async () => {
    assert.equal(await verdict({}, claims, thumbprint), 'binding')
    assert.equal(await verdict({ dpop: true }, claims, thumbprint), 'binding')
  })

  test('is refused with a thumbprint that is none', async () => {
    for (const value of [7, null, '', own.slice(1), `${own}=`, [own]]) {
      assert.equal(await verdict(constrained, { cnf: { 'x5t#S256': value } }, thumbprint), 'claims')
    }
  })
})

test('a token whose binding is unknown, empty or no object is refused', async () => {
  for (const cnf of [{}, { jwk: {} }, { kid: 'a' }, { 'x5t#S256': own, jku: 'https://idp.example.com' }]) {
    assert.equal(await verdict({ certificate: true, dpop: true }, { cnf }, thumbprint), 'binding')
  }
  for (const cnf of [null, 'x', [own], 1]) assert.equal(await verdict({}, { cnf }), 'claims')
})

test('a token that is bound to nothing is refused where it must be', async () => {
  assert.equal(await verdict({ certificate: true, required: true }, {}, thumbprint), 'not-bound')
  assert.equal(await verdict({ certificate: true }, {}, thumbprint), 'accepted')
})

describe('a token bound to a key', () => {
  test('is not good as a bearer token', async () => {
    assert.equal(await verdict({ dpop: true }, { cnf: { jkt: own } }), 'proof-needed')
    assert.equal(await verdict({}, { cnf: { jkt: own } }), 'binding')
  })

  test('needs its certificate as well, where it is bound to both', async () => {
    const both = { certificate: true, dpop: true }
    const cnf = { jkt: own, 'x5t#S256': own }
    assert.equal(await verdict(both, { cnf }, null, 'DPoP'), 'other-certificate')
    assert.equal(await verdict(both, { cnf }, thumbprint, 'DPoP'), 'accepted')
  })

  test('is the only one that may come with a proof', async () => {
    assert.equal(await verdict({ dpop: true }, {}, null, 'DPoP'), 'proof-unexpected')
    assert.equal(await verdict({}, {}, null, 'DPoP'), 'scheme')
  })
})
