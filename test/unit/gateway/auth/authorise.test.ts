import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SecurityAlternative } from '../../../../src/contract/plan/security.ts'
import type { Refusal } from '../../../../src/gateway/exchange.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { sampleIssuer, sampleOperation, tokenSecurity } from '../sample-plan.ts'
import { rig } from './authentication.ts'
import { keyPlan, rsaKey, token } from './signed-token.ts'

/** More than 32, so that sets take two words. */
const scopes = ['read:pets', 'write:pets', ...Array.from({ length: 40 }, (_, index) => `s${index}`)]
const last = scopes.length - 1
const issuers = [
  sampleIssuer({ keys: [keyPlan(rsaKey)] }),
  sampleIssuer({
    issuer: 'https://partner.example',
    keys: [keyPlan(rsaKey)],
    claims: { ...sampleIssuer().claims, scope: 'grants.scopes' },
  }),
]

async function authorise(
  alternatives: readonly SecurityAlternative[],
  claims: Record<string, unknown>,
  anonymous = false,
): Promise<Refusal | undefined> {
  const operation = sampleOperation({ security: tokenSecurity({ alternatives, anonymous }) })
  const { tokens } = await rig({ issuers, scopes, operations: [operation] })
  const exchange = sampleExchange(`Bearer ${token(claims)}`)
  assert.equal(await tokens.authenticate(operation)?.(exchange), undefined)
  return tokens.authorise(operation)?.(exchange) as Refusal | undefined
}

const readOrLast = [
  { issuers: [0], scopes: [0, 1], certificate: false },
  { issuers: [0, 1], scopes: [last], certificate: false },
]

test('all scopes of one alternative suffice', async () => {
  assert.equal(await authorise(readOrLast, { scope: 'openid read:pets write:pets' }), undefined)
  assert.equal(await authorise(readOrLast, { scope: `s0 ${scopes[last]}` }), undefined)
})

test('a list of scopes is read like a text of them, and any claim of that name in an object', async () => {
  assert.equal(await authorise(readOrLast, { scope: ['read:pets', 'write:pets', 7] }), undefined)
  assert.equal(await authorise(readOrLast, { iss: 'https://partner.example', grants: { scopes: [scopes[last]] } }), undefined)
})

test('half of one and half of another do not', async () => {
  const alternatives = [
    { issuers: [0], scopes: [0, 1], certificate: false },
    { issuers: [0], scopes: [2, 3], certificate: false },
  ]
  const refusal = await authorise(alternatives, { scope: 'read:pets s0' })
  assert.deepEqual(refusal, {
    kind: 'scope-missing',
    fields: 'WWW-Authenticate: Bearer realm="petstore", error="insufficient_scope", scope="read:pets write:pets"\r\n',
    reason: 'scope',
  })
})

test('what is required of another issuer neither helps nor is named', async () => {
  const refusal = await authorise(readOrLast, { iss: 'https://partner.example', grants: { scopes: 'read:pets write:pets' } })
  assert.equal(refusal?.fields, `WWW-Authenticate: Bearer realm="petstore", error="insufficient_scope", scope="${scopes[last]}"\r\n`)
})

test('scopes are compared whole and by case; odd claims hold none', async () => {
  for (const scope of [
    'READ:PETS',
    'read:pet',
    'read:pets,write:pets',
    'read:pets\twrite:pets',
    '',
    undefined,
    null,
    3,
    { 0: 'read:pets' },
  ]) {
    assert.equal((await authorise([{ issuers: [0], scopes: [0, 1], certificate: false }], { scope }))?.kind, 'scope-missing')
  }
})

test('where no scope is required there is no step', async () => {
  const { tokens, plan } = await rig()
  assert.equal(tokens.authorise(plan.operations[0]!), null)
})

test('an alternative without scopes lets every token of its issuers pass, and no other', async () => {
  const alternatives = [
    { issuers: [0], scopes: [0], certificate: false },
    { issuers: [1], scopes: [], certificate: false },
  ]
  assert.equal(await authorise(alternatives, { iss: 'https://partner.example' }), undefined)
  assert.equal((await authorise(alternatives, {}))?.kind, 'scope-missing')
})

test('without a token only anonymous callers pass', async () => {
  for (const anonymous of [true, false]) {
    const operation = sampleOperation({
      security: tokenSecurity({ alternatives: [{ issuers: [0], scopes: [0], certificate: false }], anonymous }),
    })
    const { tokens } = await rig({ issuers, scopes, operations: [operation] })
    const refusal = tokens.authorise(operation)?.(sampleExchange()) as Refusal | undefined
    assert.equal(refusal?.kind, anonymous ? undefined : 'credential-missing')
  }
})

test('a scope that no token can hold stops the start', async () => {
  for (const scope of ['read pets', 'a"b', 'a\\b', 'a\r\nX: y', 'größe', '']) {
    const operation = sampleOperation({ security: tokenSecurity({ alternatives: [{ issuers: [0], scopes: [0], certificate: false }] }) })
    const { tokens } = await rig({ issuers, scopes: [scope], operations: [operation] })
    assert.throws(() => tokens.authorise(operation), /is not a scope-token/)
  }
})

test('a certificate that is missing is no question of scopes', async () => {
  // Whoever judges scopes in the gateway's place is asked about scopes alone.
  const withCertificate = { issuers: [0], scopes: [0, 1], certificate: true }
  assert.equal((await authorise([withCertificate], { scope: 'openid' }))?.reason, 'certificate-missing')
  const without = { issuers: [0], scopes: [2], certificate: false }
  assert.equal((await authorise([withCertificate, without], { scope: 'openid' }))?.reason, 'scope')
  assert.equal((await authorise([withCertificate, without], { scope: 'read:pets write:pets' }))?.reason, 'certificate-missing')
})
