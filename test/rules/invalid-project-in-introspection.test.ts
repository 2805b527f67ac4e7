import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

/** Findings in an `introspection` that holds these keys. */
function said(keys: string): readonly string[] {
  const lines = `issuers:\n  - { issuer: https://a.example, audiences: any, introspection: { ${keys} } }\n`
  return diagnose(projectWith(lines)).map((finding) => finding.replace(/^postern\.yaml:\d+:\d+ error /, ''))
}

const url = 'url: https://a.example/introspect'
const secret = 'clientSecret: "${SECRET}"'
const files = 'certificate: "${CERT}", key: "${KEY}"'

test('every way to say who the gateway is', () => {
  for (const keys of [
    `${url}, clientId: g, ${secret}`,
    `${url}, clientId: "\${ID}", ${secret}, authentication: post`,
    `${url}, clientId: g, clientKey: "\${KEY_FILE}", clientKeyId: k1, audience: https://a.example`,
    `${url}, clientId: g, ${files}`,
    `url: "\${URL:-https://a.example/i?x=1}", clientId: g, ${secret}, timeout: 1s, lookups: 10, cache: { keep: 5m, keepInvalid: 1s }`,
  ])
    assert.deepEqual(said(keys), [], keys)
})

test('what is missing, or does not belong together', () => {
  assert.deepEqual(said(`clientId: g, ${secret}`), ['invalid-project #/issuers/0/introspection'])
  assert.deepEqual(said(`${url}, ${secret}`), ['invalid-project #/issuers/0/introspection'])
  assert.deepEqual(said(`${url}, clientId: g`), ['invalid-project #/issuers/0/introspection'])
  assert.deepEqual(said(`${url}, clientId: g, authentication: tls`), ['invalid-project #/issuers/0/introspection'])
  assert.deepEqual(said(`${url}, clientId: g, ${secret}, authentication: private_key_jwt, clientKey: "\${K}"`), [
    'invalid-project #/issuers/0/introspection/clientSecret',
  ])
  assert.deepEqual(said(`${url}, clientId: g, ${secret}, audience: x`), ['invalid-project #/issuers/0/introspection/audience'])
  assert.deepEqual(said(`${url}, clientId: g, clientKey: keys/gateway.pem`), ['invalid-project #/issuers/0/introspection/clientKey'])
  assert.deepEqual(said(`${url}, clientId: g, ${secret}, authentication: digest`), [
    'invalid-project #/issuers/0/introspection/authentication',
  ])
  assert.deepEqual(said(`${url}, clientId: g, ${secret}, cache: { keep: 0s }`), ['invalid-project #/issuers/0/introspection/cache/keep'])
  assert.deepEqual(said(`${url}, clientId: g, clientSecret: s3cret`), ['secret-in-file #/issuers/0/introspection/clientSecret'])
})

test('tokens go nowhere in the clear', () => {
  assert.deepEqual(said(`url: http://127.0.0.1:9/i, clientId: g, ${secret}`), [])
  assert.deepEqual(said(`url: "http://localhost:\${PORT:-9}/i", clientId: g, ${secret}`), [])
  assert.deepEqual(said(`url: http://keys:9/i, clientId: g, ${secret}, plainHttp: true`), [])
  for (const bad of ['http://keys:9/i', '"${URL:-http://10.0.0.1/i}"', 'ftp://keys/i', 'https://u@keys/i', 'https://keys/i#x'])
    assert.deepEqual(said(`url: ${bad}, clientId: g, ${secret}`), ['invalid-project #/issuers/0/introspection/url'], bad)
})

test('an issuer has keys, introspection or both', () => {
  const lines = 'issuers: [{ issuer: https://a.example, audiences: any }]\n'
  assert.deepEqual(
    findings(projectWith(lines)).map(({ message }) => message),
    ['`keys` is missing'],
  )
})
