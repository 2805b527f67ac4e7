import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

/** Findings in a `passThrough` that holds these keys, beside an API at /sample. */
function said(keys: string): readonly string[] {
  const files = projectWith(`${issuerLines('idp.pem')}    passThrough: { ${keys} }\n`, { 'idp.pem': ellipticKeys.publicKey })
  return diagnose(files).map((finding) => finding.replace(/^postern\.yaml:\d+:\d+ /, ''))
}

test('URLs, alone or with more, and where they stand at the gateway', () => {
  assert.deepEqual(said('token: https://idp.example/token'), [])
  assert.deepEqual(
    said('basePath: /oauth2, revoke: "${IDP}/revoke", userinfo: { url: "https://idp.example/me", serverName: idp.internal }'),
    [],
  )
})

test('no endpoint, or one that is none', () => {
  assert.deepEqual(said('basePath: /oauth2'), ['error invalid-project #/issuers/0/passThrough'])
  assert.deepEqual(said('introspect: https://idp.example/introspect'), [
    'error invalid-project #/issuers/0/passThrough',
    'error unknown-key #/issuers/0/passThrough/introspect',
  ])
  assert.deepEqual(said('token: https://idp.example/token?tenant=a'), ['error invalid-backend #/issuers/0/passThrough/token'])
  assert.deepEqual(said('token: http://idp.example.com/token'), ['warning cleartext-backend #/issuers/0/passThrough/token'])
  assert.deepEqual(said('basePath: "/{tenant}", token: https://idp.example/token'), [
    'error invalid-project #/issuers/0/passThrough/basePath',
  ])
  assert.deepEqual(said('basePath: "${BASE}", token: https://idp.example/token'), [
    'error invalid-project #/issuers/0/passThrough/basePath',
    'error setting-not-allowed #/issuers/0/passThrough/basePath',
  ])
})
