import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requiredScopes, securityPlanner } from '../../../../src/compiler/plan/security.ts'
import { place, publicOperation, tokenScheme, tokenWith } from '../sample-project.ts'

const scopes = ['admin', 'read', 'write']

test('what is public stays public', () => {
  assert.deepEqual(securityPlanner(1, scopes)(publicOperation), { kind: 'public' })
})

test('requirements are alternatives, each with every issuer and its scopes in order', () => {
  assert.deepEqual(securityPlanner(2, scopes)(tokenWith(['write', 'read'], ['admin'])), {
    kind: 'token',
    header: 'authorization',
    anonymous: false,
    alternatives: [
      { issuers: [0, 1], scopes: [1, 2] },
      { issuers: [0, 1], scopes: [0] },
    ],
  })
})

test('schemes of one requirement are met by one token together: all their scopes', () => {
  const security = {
    ...tokenWith(),
    requirements: [{ at: place, schemes: [tokenScheme(['read']), tokenScheme(['write', 'read'])] }],
  }
  const plan = securityPlanner(1, scopes)(security)
  assert.deepEqual(plan.kind === 'token' && plan.alternatives, [{ issuers: [0], scopes: [1, 2] }])
})

test('alternatives that come to the same are one', () => {
  const plan = securityPlanner(1, scopes)(tokenWith(['read', 'write'], ['write', 'read']))
  assert.equal(plan.kind === 'token' && plan.alternatives.length, 1)
})

test('an empty requirement lets anonymous callers in beside the others', () => {
  const security = { ...tokenWith(), requirements: [...tokenWith(['read']).requirements, { at: place, schemes: [] }] }
  const plan = securityPlanner(1, scopes)(security)
  assert.equal(plan.kind === 'token' && plan.anonymous, true)
})

test('nothing but an empty requirement is public', () => {
  assert.deepEqual(securityPlanner(1, scopes)({ ...tokenWith(), requirements: [{ at: place, schemes: [] }] }), { kind: 'public' })
})

test('an operation of which nothing is said never gets a plan', () => {
  assert.throws(() => securityPlanner(1, scopes)({ kind: 'unsaid', at: place }))
})

test('a scheme that the gateway cannot enforce never gets a plan', () => {
  const scheme = { ...tokenScheme([]), scheme: { kind: 'basic' as const } }
  assert.throws(() => securityPlanner(1, scopes)({ ...tokenWith(), requirements: [{ at: place, schemes: [scheme] }] }))
})

test('required scopes are each listed once, sorted', () => {
  assert.deepEqual(requiredScopes([tokenWith(['write'], ['read']), publicOperation, tokenWith(['read', 'admin'])]), scopes)
})

test('requirements that operations share are planned once', () => {
  const plan = securityPlanner(1, scopes)
  const shared = tokenWith(['read'])
  const [one, other] = [plan(shared), plan({ ...shared, header: 'x-token' })]
  assert.ok(one.kind === 'token' && other.kind === 'token')
  assert.equal(one.alternatives, other.alternatives)
  assert.equal(other.header, 'x-token')
})
