import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestAuthority } from '../wire/certificates.ts'
import { diagnose, projectWith } from './check-project.ts'

/** Findings in the `cache` of an introspection that holds these keys. */
function said(keys: string, more = ''): readonly string[] {
  const introspection = `url: https://a.example/i, clientId: g, clientSecret: "\${S}", cache: { ${keys} }`
  const lines = `${more}issuers:\n  - { issuer: https://a.example, audiences: any, introspection: { ${introspection} } }\n`
  const files = projectWith(lines, { 'redis.pem': new TestAuthority('Redis authority').certificate })
  return diagnose(files).map((finding) => finding.replace(/^postern\.yaml:\d+:\d+ error /, '').replace('#/issuers/0/introspection/', ''))
}

const secret = 'secret: "${CACHE_SECRET}"'

test('answers are shared through a Redis that is reached safely', () => {
  for (const keys of [
    'url: "${REDIS_URL}"',
    'url: "rediss://${REDIS_HOST}:6379/2", authorities: [redis.pem], timeout: 50ms',
    'url: "${REDIS_URL:-rediss://redis.example.com}"',
    'url: redis://127.0.0.1:6379',
    'url: redis://cache:6379, plainTcp: true, keep: 5m',
  ])
    assert.deepEqual(said(`mode: shared, ${secret}, ${keys}`), [], keys)
})

test('addresses that are none, or where what is said could be altered on the way', () => {
  for (const url of [
    'redis://cache:6379',
    '"${URL:-redis://10.0.0.1}"',
    'https://cache',
    'rediss://cache/name',
    'rediss://cache?x=1',
    'cache:6379',
  ])
    assert.deepEqual(said(`mode: shared, ${secret}, url: ${url}`), ['invalid-project cache/url'], url)
})

test('no secret is baked', () => {
  assert.deepEqual(said('mode: shared, url: "${URL}", secret: abcdef'), ['secret-in-file cache/secret'])
  assert.deepEqual(said('mode: shared, url: "${URL}", secret: "${SECRET:-abcdef}"'), ['secret-in-file cache/secret'])
  assert.deepEqual(said(`mode: shared, ${secret}, url: "rediss://gateway:pass@cache"`), ['secret-in-file cache/url'])
})

test('what is missing, or does not belong to the mode', () => {
  assert.deepEqual(said(`mode: shared, ${secret}`), ['invalid-project cache'])
  assert.deepEqual(said('mode: shared, url: "${URL}"'), ['invalid-project cache'])
  assert.deepEqual(said(`mode: shared, ${secret}, url: "\${URL}", timeout: 1ms`), ['invalid-project cache/timeout'])
  assert.deepEqual(said('mode: both'), ['invalid-project cache/mode'])
  for (const key of ['url: "${URL}"', secret, 'plainTcp: true', 'timeout: 1s', 'authorities: [redis.pem]'])
    assert.deepEqual(said(key), [`invalid-project cache/${key.slice(0, key.indexOf(':'))}`], key)
})

test('who relies on a feed has one', () => {
  const feed = 'revocation: { feeds: [{ type: list, url: https://a.example/revoked, every: 30s }] }\n'
  assert.deepEqual(said('mode: invalidated'), ['invalid-project cache/mode'])
  assert.deepEqual(said('mode: invalidated', feed), [])
  assert.deepEqual(said('mode: local', feed), [])
})
