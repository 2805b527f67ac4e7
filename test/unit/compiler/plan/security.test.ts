import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planSecurity, requiredScopes } from '../../../../src/compiler/plan/security.ts'
import { place, publicOperation, tokenScheme, tokenWith } from '../sample-project.ts'

const scopes = ['admin', 'read', 'write']

test('what is public stays public', () => {
  assert.deepEqual(planSecurity(publicOperation, 1, scopes), { kind: 'public' })
})

test('requirements are alternatives, each with every issuer and its scopes in order', () => {
  assert.deepEqual(planSecurity(tokenWith(['write', 'read'], ['admin']), 2, scopes), {
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
  const plan = planSecurity(security, 1, scopes)
  assert.deepEqual(plan.kind === 'token' && plan.alternatives, [{ issuers: [0], scopes: [1, 2] }])
})

test('alternatives that come to the same are one', () => {
  const plan = planSecurity(tokenWith(['read', 'write'], ['write', 'read']), 1, scopes)
  assert.equal(plan.kind === 'token' && plan.alternatives.length, 1)
})

test('an empty requirement lets anonymous callers in beside the others', () => {
  const security = { ...tokenWith(), requirements: [...tokenWith(['read']).requirements, { at: place, schemes: [] }] }
  const plan = planSecurity(security, 1, scopes)
  assert.equal(plan.kind === 'token' && plan.anonymous, true)
})

test('nothing but an empty requirement is public', () => {
  assert.deepEqual(planSecurity({ ...tokenWith(), requirements: [{ at: place, schemes: [] }] }, 1, scopes), { kind: 'public' })
})

test('an operation of which nothing is said never gets a plan', () => {
  assert.throws(() => planSecurity({ kind: 'unsaid', at: place }, 1, scopes))
})

test('a scheme that the gateway cannot enforce never gets a plan', () => {
  const scheme = { ...tokenScheme([]), scheme: { kind: 'basic' as const } }
  assert.throws(() => planSecurity({ ...tokenWith(), requirements: [{ at: place, schemes: [scheme] }] }, 1, scopes))
})

test('required scopes are each listed once, sorted', () => {
  assert.deepEqual(requiredScopes([tokenWith(['write'], ['read']), publicOperation, tokenWith(['read', 'admin'])]), scopes)
})
