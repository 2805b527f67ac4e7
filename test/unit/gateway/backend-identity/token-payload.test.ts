import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialectClaims, gatewayClaims } from '../../../../src/contract/backend-claims.ts'
import type { BackendTokenPlan } from '../../../../src/contract/plan/backend-identity.ts'
import type { CallerFacts } from '../../../../src/gateway/backend-identity/caller-facts.ts'
import { TokenPayload } from '../../../../src/gateway/backend-identity/token-payload.ts'
import { callerFacts } from './caller-facts.ts'

const dialect = 'http://wso2.org/claims'
const plan: BackendTokenPlan = {
  header: 'X-JWT-Assertion',
  key: [],
  algorithm: null,
  issuer: 'petstore',
  audiences: [],
  lifetime: 900_000,
  dialect,
  claims: [],
}

function payload(facts: Partial<CallerFacts> = {}, changes: Partial<BackendTokenPlan> = {}): Readonly<Record<string, unknown>> {
  const made = new TokenPayload({ ...plan, ...changes }, [{ name: 'Petstore', version: '2.0', basePath: '/pets' }])
  return JSON.parse(JSON.stringify(made.of(callerFacts(facts), 0, { from: 1_000, to: 1_900 })))
}

test('says who calls what, in WSO2’s names', () => {
  const { jti, ...rest } = payload({
    client: 'mobile',
    scopes: 'read write',
    application: { id: '17', uuid: 'u-17', name: 'App', tier: 'Gold', owner: 'bob' },
    tier: 'Silver',
    keyType: 'SANDBOX',
  })
  assert.match(String(jti), /^[0-9a-f-]{36}$/)
  assert.deepEqual(rest, {
    iss: 'petstore',
    sub: 'alice',
    iat: 1_000,
    exp: 1_900,
    client_id: 'mobile',
    scope: 'read write',
    scopes: 'read write',
    [`${dialect}/subscriber`]: 'bob',
    [`${dialect}/applicationid`]: '17',
    [`${dialect}/applicationUUId`]: 'u-17',
    [`${dialect}/applicationname`]: 'App',
    [`${dialect}/applicationtier`]: 'Gold',
    [`${dialect}/apiname`]: 'Petstore',
    [`${dialect}/apicontext`]: '/pets',
    [`${dialect}/version`]: '2.0',
    [`${dialect}/tier`]: 'Silver',
    [`${dialect}/keytype`]: 'SANDBOX',
    [`${dialect}/usertype`]: 'Application_User',
    [`${dialect}/enduser`]: 'alice',
  })
})

test('what nobody has said is not there', () => {
  const said = payload({ subject: undefined })
  for (const name of ['sub', 'aud', 'client_id', 'scope', 'scopes', `${dialect}/enduser`, `${dialect}/tier`])
    assert.ok(!(name in said), name)
})

test('is for the audiences that the project names', () => {
  assert.equal(payload({}, { audiences: ['one'] }).aud, 'one')
  assert.deepEqual(payload({}, { audiences: ['one', 'two'] }).aud, ['one', 'two'])
})

test('hands on the claims that the project names, also from within an object', () => {
  const claims = { email: 'a@example.com', realm_access: { roles: ['x'] }, secret: 1 }
  const said = payload({ claims }, { claims: ['email', 'realm_access.roles', 'missing'] })
  assert.equal(said.email, 'a@example.com')
  assert.deepEqual(said['realm_access.roles'], ['x'])
  assert.ok(!('secret' in said) && !('missing' in said))
})

test('hands on all claims but those about the caller’s token', () => {
  const ofToken = { application: {}, tierInfo: {}, subscribedAPIs: [], keytype: 'SANDBOX', nonce: 'n', at_hash: 'h', typ: 'Bearer' }
  const said = payload({ claims: { email: 'a@example.com', [`${dialect}/emailaddress`]: 'b', ...ofToken } }, { claims: 'all' })
  assert.deepEqual([said.email, said[`${dialect}/emailaddress`]], ['a@example.com', 'b'])
  for (const name of Object.keys(ofToken)) assert.ok(!(name in said), name)
})

test('nobody says what only the gateway says', () => {
  const own = [...gatewayClaims, ...dialectClaims.map((name) => `${dialect}/${name}`)]
  const forged = Object.fromEntries(own.map((name) => [name, 'forged']))
  for (const facts of [{ claims: forged }, { attached: forged }]) {
    const said = payload({ subject: undefined, ...facts }, { claims: 'all' })
    assert.doesNotMatch(JSON.stringify(said), /forged/)
  }
})

test('what an extension has attached counts more than the caller’s token', () => {
  const said = payload({ claims: { level: 1, email: 'a' }, attached: { level: 2 } }, { claims: 'all' })
  assert.deepEqual([said.level, said.email], [2, 'a'])
})

test('a claim named like what objects inherit is a claim like any other', () => {
  const claims = JSON.parse('{"__proto__":{"sub":"mallory"},"constructor":1,"toString":2}')
  const said = payload({ claims, subject: undefined }, { claims: 'all' })
  assert.deepEqual([Object.hasOwn(said, '__proto__'), said.constructor, said.toString], [true, 1, 2])
  assert.ok(!('sub' in { ...said }))
})
