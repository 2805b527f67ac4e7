import assert from 'node:assert/strict'
import { test } from 'node:test'
import { userNames } from '../../../../src/gateway/conditions/caller-names.ts'
import { conditions } from '../../../../src/gateway/conditions/conditions.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import type { Grant } from '../../../../src/gateway/grant.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { samplePlan } from '../sample-plan.ts'

const plan = samplePlan()

function grant(user: string | null): Grant {
  const rest = { keyType: null, tier: null, marks: null, claims: { sub: 'somebody' }, expiresAt: Number.POSITIVE_INFINITY }
  return { scopeBits: new Uint32Array(0), consumer: new Consumer('application:0:17'), user, ...rest }
}

function fits(user: string, parts: Readonly<Partial<Record<'apiKey' | 'user', Grant>>>, negated = false): boolean {
  const holds = conditions([{ kind: 'user', negated, values: [user] }], plan, requestFields([]))
  return holds(Object.assign(sampleExchange(), parts))
}

test('a signed API key is of a user as a token is', () => {
  assert.deepEqual(userNames(plan)(Object.assign(sampleExchange(), { apiKey: grant('mallory') })), ['mallory'])
  assert.equal(fits('mallory', { apiKey: grant('mallory') }), true)
  assert.equal(fits('mallory', { apiKey: grant('mallory') }, true), false)
})

test('a password beside an API key is of a user too', () => {
  assert.equal(fits('mallory', { apiKey: grant('alice'), user: grant('mallory') }), true)
  assert.equal(fits('alice', { apiKey: grant('alice'), user: grant('mallory') }), true)
})

test('the name of an API key of the project is no user’s', () => {
  assert.equal(fits('somebody', { apiKey: grant(null) }), false)
  assert.equal(fits('', {}), false)
})
