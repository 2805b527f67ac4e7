import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsumerFieldPlan } from '../../../../src/contract/plan/backend-identity.ts'
import type { CallerFacts } from '../../../../src/gateway/backend-identity/caller-facts.ts'
import { consumerLines } from '../../../../src/gateway/backend-identity/consumer-fields.ts'
import { callerFacts } from './caller-facts.ts'

const apis = [{ name: 'Petstore', version: '2.0', basePath: '/pets' }]

/** The line of a field that holds one claim. */
function lineOf(claim: unknown): string {
  const plan: readonly ConsumerFieldPlan[] = [{ name: 'X-Claim', value: { kind: 'claim', name: 'c' } }]
  return consumerLines(plan, apis)(callerFacts({ claims: { c: claim } }), 0)
}

test('each field has what its name in the project stands for, and none where nobody has said it', () => {
  const facts: Partial<CallerFacts> = {
    client: 'mobile',
    scopes: 'a b',
    application: { id: '17', uuid: undefined, name: 'App', tier: 'Gold', owner: 'bob' },
    tier: 'Silver',
  }
  const names = [
    ...(['consumer', 'subject', 'client', 'scopes', 'application', 'applicationName', 'applicationTier'] as const),
    ...(['subscriber', 'tier', 'keyType', 'api', 'apiVersion'] as const),
  ]
  const lines = consumerLines(
    names.map((fact) => ({ name: `X-${fact}`, value: { kind: 'fact', fact } })),
    apis,
  )
  assert.deepEqual(lines(callerFacts(facts), 0).split('\r\n'), [
    'X-consumer: subject:0:alice',
    'X-subject: alice',
    'X-client: mobile',
    'X-scopes: a b',
    'X-application: 17',
    'X-applicationName: App',
    'X-applicationTier: Gold',
    'X-subscriber: bob',
    'X-tier: Silver',
    'X-keyType: PRODUCTION',
    'X-api: Petstore',
    'X-apiVersion: 2.0',
    '',
  ])
  assert.equal(lines(callerFacts({ subject: undefined }), 0).includes('X-subject'), false)
})

test('no value ends its line, whatever it holds', () => {
  for (const value of ['a\r\nX-Admin: 1', 'a\nb', 'a\rb', 'a\0b', 'a\u0085b', 'a\u2028b', '\ud800', { a: '\r\n' }, ['a\r\nb']]) {
    const line = lineOf(value)
    assert.match(line, /^X-Claim: [\x20-\x7e]+\r\n$/, JSON.stringify(value))
  }
  assert.equal(lineOf('a\r\nX-Admin: 1'), 'X-Claim: a%0D%0AX-Admin: 1\r\n')
})

test('what is not printable ASCII can be decoded again', () => {
  for (const text of ['Zoë', ' a ', '100%', '%41', '日本', 'a b', '😀']) {
    assert.equal(decodeURIComponent(lineOf(text).slice('X-Claim: '.length, -2)), text)
  }
})

test('lists, numbers, truth values and objects have a form of their own', () => {
  assert.equal(lineOf(['a', 'b,c', 7]), 'X-Claim: a,b%2Cc,7\r\n')
  assert.equal(lineOf(7.5), 'X-Claim: 7.5\r\n')
  assert.equal(lineOf(false), 'X-Claim: false\r\n')
  assert.equal(lineOf({ a: ['b'] }), 'X-Claim: {"a":["b"]}\r\n')
  for (const nothing of [undefined, null, '', []]) assert.equal(lineOf(nothing), '')
})

test('a value that is too long is left out, and not cut', () => {
  assert.equal(lineOf('x'.repeat(4096)).length, 'X-Claim: \r\n'.length + 4096)
  assert.equal(lineOf('x'.repeat(4097)), '')
})

test('what an extension has attached counts more than a claim of that name', () => {
  const lines = consumerLines([{ name: 'X-Claim', value: { kind: 'claim', name: 'c' } }], apis)
  assert.equal(lines(callerFacts({ claims: { c: 'token' }, attached: { c: 'extension' } }), 0), 'X-Claim: extension\r\n')
  assert.equal(lines(callerFacts({ claims: { c: 'token' }, attached: {} }), 0), 'X-Claim: token\r\n')
})
