import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEntry } from '../../../../src/gateway/feeds/read-entry.ts'

const entry = { kind: 'token', issuer: null, before: null, expires: null }

test('entries of every form', () => {
  assert.deepEqual(readEntry({ jti: 'a', iss: 'i', exp: 5 }), { ...entry, name: 'a', issuer: 'i', expires: 5 })
  assert.deepEqual(readEntry({ jti: 'a.b.c' }), { ...entry, name: 'a.b.c' }, 'a jti is what it is')
  assert.deepEqual(readEntry({ signature: 'sig' }), { ...entry, name: 'sig' })
  assert.deepEqual(readEntry({ token: 'head.claims.sig', exp: 5.2 }), { ...entry, name: 'sig', expires: 6 })
  assert.deepEqual(readEntry({ token: 'opaque' }), { ...entry, name: 'opaque' })
  assert.deepEqual(readEntry({ client: 'c', before: 7 }), { ...entry, kind: 'client', name: 'c', before: 7 })
  assert.deepEqual(readEntry({ user: 'u', before: 7, iss: 'i' }), { ...entry, kind: 'user', name: 'u', before: 7, issuer: 'i' })
  assert.deepEqual(readEntry({ kid: 'k' }), { ...entry, kind: 'key', name: 'k' })
  assert.deepEqual(readEntry({ apiKey: 'k' }), { ...entry, kind: 'api-key', name: 'k' })
  assert.deepEqual(readEntry({ digest: 'd' }), { ...entry, kind: 'digest', name: 'd' })
})

test('who is denied, by address as a network', () => {
  assert.deepEqual(readEntry({ denyUser: 'u', exp: 5 }), { ...entry, kind: 'denied-user', name: 'u', expires: 5 })
  assert.deepEqual(readEntry({ denyApplication: '17' }), { ...entry, kind: 'denied-application', name: '17' })
  assert.deepEqual(readEntry({ denyApi: 'Pets' }), { ...entry, kind: 'denied-api', name: 'Pets' })
  assert.deepEqual(readEntry({ denyAddress: '10.1.2.3/8' }), { ...entry, kind: 'denied-address', name: '4:00001010' })
  for (const doubtful of [{ denyUser: 'u', iss: 'i' }, { denyUser: 'u', before: 5 }, { denyAddress: '10/8' }, { denyAddress: '0.0.0.0/0' }])
    assert.equal(readEntry(doubtful), undefined)
})

test('WSO2’s list of both versions, and its words', () => {
  assert.deepEqual(readEntry({ jwt_signature: 'sig', expiry_time: 1_628_175_421_481 }), { ...entry, name: 'sig', expires: 1_628_175_422 })
  assert.deepEqual(readEntry({ jwtSignature: 'sig', expiryTime: '1628175421481' }), { ...entry, name: 'sig', expires: 1_628_175_422 })
  assert.deepEqual(readEntry({ jwt_signature: 'sig' }), { ...entry, name: 'sig' })
  // As milliseconds it were over since 1970, and would bar nothing.
  assert.deepEqual(readEntry({ jwt_signature: 'sig', expiry_time: 1_900_000_000 }), { ...entry, name: 'sig', expires: 1_900_000_000 })
  assert.deepEqual(readEntry({ jwt_signature: 'opaque', expiry_time: 0 }), { ...entry, name: 'opaque' })
  assert.deepEqual(readEntry('head.claims.sig'), { ...entry, name: 'sig' })
})

test('what is doubtful is no entry', () => {
  const doubtful = [
    null,
    undefined,
    5,
    '',
    [],
    {},
    { exp: 5 },
    { jti: '' },
    { jti: 5 },
    { jti: 'a', client: 'b' },
    { jti: 'a', exp: 'soon' },
    { jti: 'a', exp: -1 },
    { jti: 'a', exp: Number.NaN },
    { jti: 'a', iss: 5 },
    { jti: 'a', before: 5 },
    { client: 'c' },
    { client: 'c', before: 'now' },
    { jwt_signature: 5 },
    { jwt_signature: 'a', expiry_time: 'soon' },
    { jti: 'x'.repeat(20_000) },
    JSON.parse('{"__proto__":{"jti":"a"}}'),
  ]
  for (const value of doubtful) assert.equal(readEntry(value), undefined, JSON.stringify(value)?.slice(0, 60))
})

test('when an entry was published, in milliseconds; nonsense there takes nothing from it', () => {
  assert.equal(readEntry({ jti: 'a', at: 1_790_000_000.125 })?.publishedAt, 1_790_000_000_125)
  assert.equal(readEntry({ jwt_signature: 'a', expiry_time: 5000, at: 7 })?.publishedAt, 7000)
  for (const at of ['soon', -1, null, {}]) assert.deepEqual(readEntry({ jti: 'a', at }), { ...entry, name: 'a' })
})
