import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

function said(feeds: string, passThrough: string): readonly string[] {
  const lines = `revocation: { feeds: [${feeds}] }\n${issuerLines('idp.pem')}    passThrough: { basePath: /o, ${passThrough} }\n`
  return diagnose(projectWith(lines, { 'idp.pem': ellipticKeys.publicKey })).filter((line) => line.includes('#/revocation'))
}

const revoke = 'revoke: "https://idp.example.com/revoke"'
const etcd = 'type: etcd, endpoints: ["${E}"]'
const redis = 'type: redis, url: "${R}"'

test('revocations through the gateway that a feed could be told of, and nobody says whether it is', () => {
  assert.deepEqual(said(`{ type: list, url: "\${L}" }, { ${etcd} }`, revoke), [
    'postern.yaml:6:52 warning revocation-unpublished #/revocation/feeds/1',
  ])
  assert.deepEqual(said(`{ ${redis}, publish: true }, { ${etcd} }`, revoke), [])
  assert.deepEqual(said(`{ ${redis}, publish: false }`, revoke), [])
  assert.deepEqual(said('{ type: list, url: "${L}" }', revoke), [])
  assert.deepEqual(said(`{ ${etcd} }`, 'token: "https://idp.example.com/token"'), [])
})

test('publishing where nothing is revoked through the gateway', () => {
  assert.deepEqual(said(`{ ${redis}, publish: true }`, 'token: "https://idp.example.com/token"'), [
    'postern.yaml:6:23 error invalid-project #/revocation/feeds/0',
  ])
})

test('a list cannot be published to', () => {
  assert.deepEqual(said('{ type: list, url: "${L}", publish: true }', revoke), [
    'postern.yaml:6:50 error unknown-key #/revocation/feeds/0/publish',
  ])
})
