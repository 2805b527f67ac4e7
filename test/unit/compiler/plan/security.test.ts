import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequiredScheme, Security } from '../../../../src/compiler/model/types/security.ts'
import { requiredScopes, securityPlanner } from '../../../../src/compiler/plan/security.ts'
import { place, publicOperation, tokenScheme, tokenWith } from '../sample-project.ts'

const scopes = ['admin', 'read', 'write']

test('what is public stays public', () => {
  assert.deepEqual(securityPlanner(1, scopes)(publicOperation, null), { security: { kind: 'public' }, certificate: 'unused' })
})

test('requirements are alternatives, each with every issuer and its scopes in order', () => {
  assert.deepEqual(securityPlanner(2, scopes)(tokenWith(['write', 'read'], ['admin']), null).security, {
    kind: 'token',
    header: 'authorization',
    anonymous: false,
    certificateSuffices: false,
    dpop: false,
    alternatives: [
      { issuers: [0, 1], scopes: [1, 2], certificate: false },
      { issuers: [0, 1], scopes: [0], certificate: false },
    ],
  })
})

test('schemes of one requirement are met by one token together: all their scopes', () => {
  const security = {
    ...tokenWith(),
    requirements: [{ at: place, schemes: [tokenScheme(['read']), tokenScheme(['write', 'read'])] }],
  }
  const { security: plan } = securityPlanner(1, scopes)(security, null)
  assert.deepEqual(plan.kind === 'token' && plan.alternatives, [{ issuers: [0], scopes: [1, 2], certificate: false }])
})

test('alternatives that come to the same are one', () => {
  const { security: plan } = securityPlanner(1, scopes)(tokenWith(['read', 'write'], ['write', 'read']), null)
  assert.equal(plan.kind === 'token' && plan.alternatives.length, 1)
})

test('an empty requirement lets anonymous callers in beside the others', () => {
  const security = { ...tokenWith(), requirements: [...tokenWith(['read']).requirements, { at: place, schemes: [] }] }
  const { security: plan } = securityPlanner(1, scopes)(security, null)
  assert.equal(plan.kind === 'token' && plan.anonymous, true)
})

test('nothing but an empty requirement is public', () => {
  assert.deepEqual(securityPlanner(1, scopes)({ ...tokenWith(), requirements: [{ at: place, schemes: [] }] }, null).security, {
    kind: 'public',
  })
})

test('an operation of which nothing is said never gets a plan', () => {
  assert.throws(() => securityPlanner(1, scopes)({ kind: 'unsaid', at: place }, null))
})

test('a scheme that the gateway cannot enforce never gets a plan', () => {
  const scheme = { ...tokenScheme([]), scheme: { kind: 'other' as const, type: 'digest' } }
  assert.throws(() => securityPlanner(1, scopes)({ ...tokenWith(), requirements: [{ at: place, schemes: [scheme] }] }, null))
})

test('kinds of one requirement are all needed, and of several requirements those of one', () => {
  const key = (where: string, names: readonly string[] = []): RequiredScheme => ({
    at: place,
    name: 'key',
    scheme: { kind: 'apiKey', in: where, name: 'X-Key' },
    scopes: names.map((value) => ({ value, at: place })),
  })
  const basic: RequiredScheme = { at: place, name: 'basic', scheme: { kind: 'basic' }, scopes: [] }
  const plan = securityPlanner(1, scopes)
  assert.deepEqual(plan(asking([key('header', ['read']), tokenScheme(['write'])], [basic], [key('query')], []), null), {
    security: {
      kind: 'credentials',
      header: 'authorization',
      apiKeyPlaces: [
        { in: 'header', name: 'x-key' },
        { in: 'query', name: 'X-Key' },
      ],
      alternatives: [
        { token: { issuers: [0], scopes: [2] }, apiKey: { scopes: [1] }, basic: null, certificate: false },
        { token: null, apiKey: null, basic: { scopes: [] }, certificate: false },
        { token: null, apiKey: { scopes: [] }, basic: null, certificate: false },
      ],
      anonymous: true,
      dpop: false,
    },
    certificate: 'unused',
  })
  assert.equal(plan(asking([key('header'), certificate], [basic, certificate]), null).certificate, 'required')
  assert.equal(plan(asking([key('header'), certificate], [certificate], [basic]), null).certificate, 'optional')
})

test('required scopes are each listed once, sorted', () => {
  assert.deepEqual(requiredScopes([tokenWith(['write'], ['read']), publicOperation, tokenWith(['read', 'admin'])]), scopes)
})

test('requirements that operations share are planned once', () => {
  const plan = securityPlanner(1, scopes)
  const shared = tokenWith(['read'])
  const [one, other] = [plan(shared, null).security, plan({ ...shared, header: 'x-token' }, null).security]
  assert.ok(one.kind === 'token' && other.kind === 'token')
  assert.equal(one.alternatives, other.alternatives)
  assert.equal(other.header, 'x-token')
})

const certificate: RequiredScheme = { at: place, name: 'mtls', scheme: { kind: 'mutualTLS' }, scopes: [] }

function asking(...requirements: readonly (readonly RequiredScheme[])[]): Security {
  return { ...tokenWith(), requirements: requirements.map((schemes) => ({ at: place, schemes })) }
}

test('a certificate may be all that is asked for', () => {
  assert.deepEqual(securityPlanner(1, scopes)(asking([certificate]), null), { security: { kind: 'certificate' }, certificate: 'required' })
})

test('a certificate and a token in one requirement are both needed', () => {
  const { security, certificate: asked } = securityPlanner(1, scopes)(asking([certificate, tokenScheme(['read'])]), null)
  assert.equal(asked, 'required')
  assert.deepEqual(security.kind === 'token' && [security.alternatives, security.certificateSuffices], [
    [{ issuers: [0], scopes: [1], certificate: true }],
    false,
  ])
})

test('a certificate or a token in two requirements will do', () => {
  const { security, certificate: asked } = securityPlanner(1, scopes)(asking([certificate], [tokenScheme(['read'])]), null)
  assert.equal(asked, 'optional')
  assert.deepEqual(security.kind === 'token' && [security.alternatives, security.certificateSuffices], [
    [{ issuers: [0], scopes: [1], certificate: false }],
    true,
  ])
})

test('a certificate that is mandatory for the API comes on top of all that its operations ask for, and of nothing', () => {
  const plan = securityPlanner(1, scopes)
  assert.deepEqual(plan(publicOperation, 'mandatory'), { security: { kind: 'certificate' }, certificate: 'required' })
  assert.deepEqual(plan(tokenWith(['read']), 'mandatory'), {
    security: plan(tokenWith(['read']), null).security,
    certificate: 'required',
  })
  assert.equal(plan(asking([], [tokenScheme([])]), 'mandatory').certificate, 'required')
})

test('a certificate that is optional for the API changes nothing for those without one', () => {
  const plan = securityPlanner(1, scopes)
  assert.deepEqual(plan(publicOperation, 'optional'), { security: { kind: 'public' }, certificate: 'optional' })
  assert.deepEqual(plan(asking([certificate]), 'optional'), { security: { kind: 'certificate' }, certificate: 'required' })
})
