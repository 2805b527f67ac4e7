import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

const list = 'revocation: { feeds: [{ type: list, url: "https://a/", every: 10s }] }\n'

/** `root` and `operation`: what stands in the extension there; a public operation is beside the other one. */
function project({ root = '{}', path = '{}', operation = '{}', revocation = list }): ProjectFiles {
  const definition = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
x-postern: ${root}
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /pets:
    x-postern: ${path}
    get: { responses: { default: { description: fine } } }
  /open:
    get: { security: [], x-postern: ${operation}, responses: { default: { description: fine } } }
`
  return projectWith(`${revocation}${issuerLines('idp.keys')}`, { 'api.yaml': definition, 'idp.keys': ellipticKeys.publicKey })
}

test('a rule for stale revocations that holds for somebody', () => {
  assert.deepEqual(diagnose(project({ root: '{ onStale: { after: 30s, action: deny } }' })), [])
  assert.deepEqual(diagnose(project({ path: '{ onStale: { action: allow } }' })), [])
  assert.deepEqual(diagnose(project({ root: '{ onStale: {} }', operation: '{}' })), [])
})

test('one for those who show nothing, and one without a feed', () => {
  assert.deepEqual(diagnose(project({ operation: '{ onStale: { action: deny } }' })), [
    'api.yaml:11:48 warning stale-rule-useless #/paths/~1open/get/x-postern/onStale',
  ])
  assert.deepEqual(diagnose(project({ root: '{ onStale: { action: deny } }', revocation: '' })), [
    'api.yaml:3:23 warning stale-rule-useless #/x-postern/onStale',
  ])
  assert.match(findings(project({ root: '{ onStale: {} }', revocation: '' }))[0]!.message, /no feed/)
})

test('one for those who show nothing, where feeds deny callers', () => {
  const denying = list.replace('{ feeds', '{ deny: true, feeds')
  assert.deepEqual(diagnose(project({ operation: '{ onStale: { action: allow } }', revocation: denying })), [])
})

test('one by which a list would always be out of date, with what it takes from the project', () => {
  const short = 'api.yaml:8:27 error invalid-extension #/paths/~1pets/x-postern/onStale'
  assert.deepEqual(diagnose(project({ path: '{ onStale: { after: 19s } }' })), [short])
  assert.deepEqual(diagnose(project({ path: '{ onStale: { after: 20s } }' })), [])
})

test('what it cannot be', () => {
  for (const text of ['deny', '{ after: 1s }', '{ after: 2d }', '{ action: refuse }', '{ afer: 20s }']) {
    assert.equal(diagnose(project({ path: `{ onStale: ${text} }` })).length, 1, text)
  }
})
