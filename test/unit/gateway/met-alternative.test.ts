import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { OperationPlan } from '../../../src/contract/plan/operation.ts'
import type { CredentialAlternative } from '../../../src/contract/plan/security.ts'
import { VerifiedToken } from '../../../src/gateway/auth/verified-token.ts'
import { Consumer } from '../../../src/gateway/consumer.ts'
import type { Exchange } from '../../../src/gateway/exchange.ts'
import type { Grant } from '../../../src/gateway/grant.ts'
import type { ClientCertificate } from '../../../src/gateway/listener/transport.ts'
import { confineToMet } from '../../../src/gateway/met-alternative.ts'
import { scopeBits, scopeTable } from '../../../src/gateway/scope-bits.ts'
import { makeCertificate } from '../../certificate.ts'
import { sampleExchange } from './sample-exchange.ts'
import { sampleIssuer, samplePlan, tokenSecurity } from './sample-plan.ts'

const plan = samplePlan({ issuers: [sampleIssuer()], scopes: ['admin', 'other'] })
const table = scopeTable(plan.scopes)
const holder = new Consumer('consumer:machine')
const certificate: ClientCertificate = {
  x509: new X509Certificate(makeCertificate({ subject: 'client', notBefore: new Date(0), notAfter: new Date(1_000) })),
  thumbprint: 'ab',
  consumer: new Consumer('certificate:ab'),
  subject: 'CN=client',
  issuer: 'CN=CA',
  serial: '01',
  subjectAltNames: [],
  notBefore: 0,
  notAfter: Number.POSITIVE_INFINITY,
}

function token(scopes: readonly number[], name: string | null = 'alice', bound = false): VerifiedToken {
  const consumer = name === null ? null : new Consumer(`subject:0:${name}`)
  const binding = bound ? { certificate: 'ab', key: null } : null
  return new VerifiedToken(0, Number.POSITIVE_INFINITY, scopeBits(table, scopes), 'production', consumer, binding, null)
}

function grant(key: string, scopes: readonly number[] = []): Grant {
  const rest = { keyType: null, user: null, tier: null, marks: null, claims: {}, expiresAt: Number.POSITIVE_INFINITY }
  return { scopeBits: scopeBits(table, scopes), consumer: new Consumer(key), ...rest }
}

function alternative(parts: Partial<CredentialAlternative>): CredentialAlternative {
  return { token: null, apiKey: null, basic: null, certificate: false, ...parts }
}

const tokenWith = (...scopes: number[]): Pick<CredentialAlternative, 'token'> => ({ token: { issuers: [0], scopes } })
const apiKey = { apiKey: { scopes: [] } }

type Security = Pick<OperationPlan, 'security' | 'certificate'>

function any(...alternatives: readonly CredentialAlternative[]): Security {
  const certificates = alternatives.some((each) => each.certificate)
  const security = { kind: 'credentials', header: 'authorization', apiKeyPlaces: [], alternatives, anonymous: false, dpop: false } as const
  return { security, certificate: certificates ? 'optional' : 'unused' }
}

/** The kinds that are left, and who is calling. */
function left(operation: Security, parts: Partial<Pick<Exchange, 'token' | 'apiKey' | 'user' | 'certificate'>>): readonly string[] {
  const exchange = Object.assign(sampleExchange(), parts)
  if (exchange.certificate !== null) exchange.holder = holder
  assert.equal(confineToMet(operation, plan)?.(exchange), undefined)
  const kinds = (['token', 'apiKey', 'user', 'certificate'] as const).filter((kind) => exchange[kind] !== null)
  assert.equal(exchange.holder, exchange.certificate === null ? null : holder)
  return [...kinds, exchange.consumer.key]
}

const key = grant('consumer:partner')
const user = grant('user:bob')

test('a credential that is not enough counts for nothing beside one that is', () => {
  const operation = any(alternative(tokenWith(0)), alternative(apiKey))
  assert.deepEqual(left(operation, { token: token([1]), apiKey: key }), ['apiKey', 'consumer:partner'])
  assert.deepEqual(left(operation, { token: token([0]) }), ['token', 'subject:0:alice'])
})

test('of several that are met, the one that says most exactly who is calling counts', () => {
  const operation = any(alternative(apiKey), alternative({ basic: { scopes: [] } }), alternative({ ...tokenWith(), ...apiKey }))
  assert.deepEqual(left(operation, { token: token([]), apiKey: key }), ['token', 'apiKey', 'subject:0:alice'])
  assert.deepEqual(left(operation, { apiKey: key, user }), ['apiKey', 'consumer:partner'])
})

test('where scopes are missing everywhere, one alternative is left as well', () => {
  const operation = any(alternative({ apiKey: { scopes: [0] } }), alternative(tokenWith(0)))
  assert.deepEqual(left(operation, { token: token([1]), apiKey: key }), ['token', 'subject:0:alice'])
})

test('a certificate beside a token that does not need it says nothing of its owner', () => {
  const security = tokenSecurity({ alternatives: [{ issuers: [0], scopes: [0], certificate: false }], certificateSuffices: true })
  const operation = { security, certificate: 'optional' } as const
  assert.deepEqual(left(operation, { token: token([0], null), certificate }), ['token', 'address:192.0.2.1'])
  assert.deepEqual(left(operation, { token: token([1]), certificate }), ['certificate', 'consumer:machine'])
  assert.deepEqual(left(operation, { token: token([0], null, true), certificate }), ['token', 'certificate', 'consumer:machine'])
})

test('a certificate that is asked for beside all alternatives stays', () => {
  const operation = { ...any(alternative(apiKey), alternative(tokenWith(0))), certificate: 'required' } as const
  assert.deepEqual(left(operation, { token: token([1]), apiKey: key, certificate }), ['apiKey', 'certificate', 'consumer:partner'])
})

test('an anonymous caller is nobody, also with a certificate for an alternative that is not met', () => {
  const security = tokenSecurity({ alternatives: [{ issuers: [0], scopes: [], certificate: true }], anonymous: true })
  assert.deepEqual(left({ security, certificate: 'optional' }, { certificate }), ['address:192.0.2.1'])
})

test('operations that take one kind of credential have no such step', () => {
  const either = [0, 1].map((scope) => ({ issuers: [0], scopes: [scope], certificate: false }))
  assert.equal(confineToMet({ security: tokenSecurity({ alternatives: either }), certificate: 'optional' }, plan), null)
  assert.equal(confineToMet(any(alternative(apiKey)), plan), null)
})
