import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Authority } from '../wire/authority.ts'
import { apiWith, diagnose, findings, type ProjectFiles } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

function api(scheme: string, security: string): ProjectFiles {
  return apiWith(`components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    it: ${scheme}
paths:
  /pets: { get: { security: ${security} } }
`)
}

function withIssuer(files: ProjectFiles): ProjectFiles {
  return { ...files, 'postern.yaml': files['postern.yaml'] + issuerLines('idp.pem'), 'idp.pem': ellipticKeys.publicKey }
}

test('a token is asked for, and the project has no issuer', () => {
  const files = api('{ type: openIdConnect, openIdConnectUrl: https://idp.example.com }', '[{ it: [] }]')
  assert.deepEqual(diagnose(files), ['api.yaml:8:32 error unenforceable-security #/paths/~1pets/get/security/0/it'])
  assert.equal(findings(files)[0]?.message, 'the security scheme `it` needs a token, but postern.yaml names no issuer')
  assert.deepEqual(diagnose(withIssuer(files)), [])
})

test('the project asks for a token itself, and has no issuer', () => {
  const files = apiWith('paths: { /pets: { get: {} } }\n')
  const asking = { ...files, 'postern.yaml': `${files['postern.yaml']}    security: token\n` }
  assert.deepEqual(diagnose(asking), ['postern.yaml:6:15 error unenforceable-security #/apis/0/security'])
})

test('credentials of which postern.yaml knows nobody are refused, and the hint says so', () => {
  for (const scheme of ['{ type: http, scheme: basic }', '{ type: apiKey, in: header, name: X-Key }']) {
    const files = withIssuer(api(scheme, '[{ it: [] }]'))
    assert.deepEqual(diagnose(files), ['api.yaml:8:32 error unenforceable-security #/paths/~1pets/get/security/0/it'], scheme)
    assert.match(findings(files)[0]?.hint ?? '', /Add `(users: users|apiKeys: api-keys).yaml`/)
  }
  const digest = withIssuer(api('{ type: http, scheme: digest }', '[{ it: [] }]'))
  assert.deepEqual(diagnose(digest), ['api.yaml:8:32 error unenforceable-security #/paths/~1pets/get/security/0/it'])
})

test('an API key is looked for where one can travel, and one at a time', () => {
  const known = (files: ProjectFiles): ProjectFiles => ({
    ...files,
    'postern.yaml': `${files['postern.yaml']}apiKeys: api-keys.yaml\n`,
    'api-keys.yaml': 'keys: []\n',
  })
  const found = (scheme: string, security = '[{ it: [] }]'): readonly string[] => diagnose(known(withIssuer(api(scheme, security))))
  assert.deepEqual(found('{ type: apiKey, in: header, name: X-Key }'), [])
  assert.deepEqual(found('{ type: apiKey, in: query, name: api_key }'), [])
  for (const scheme of [
    '{ type: apiKey, in: header, name: Authorization }',
    '{ type: apiKey, in: header, name: Cookie }',
    '{ type: apiKey, in: query, name: "a&b" }',
    '{ type: apiKey, in: cookie, name: "a;b" }',
  ])
    assert.deepEqual(found(scheme), ['api.yaml:8:32 error unenforceable-security #/paths/~1pets/get/security/0/it'], scheme)
})

test('a password and a token at once need two fields', () => {
  const files = withIssuer(api('{ type: http, scheme: basic }', '[{ token: [], it: [] }]'))
  const known: ProjectFiles = { ...files, 'postern.yaml': `${files['postern.yaml']}users: users.yaml\n`, 'users.yaml': 'users: []\n' }
  assert.deepEqual(diagnose(known), ['api.yaml:8:43 error unenforceable-security #/paths/~1pets/get/security/0/it'])
  const other = known['api.yaml']?.toString().replace('paths:', 'x-wso2-auth-header: X-Token\npaths:') ?? ''
  assert.deepEqual(diagnose({ ...known, 'api.yaml': other }), [])
})

const asksForCertificate = api('{ type: mutualTLS }', '[{ it: [] }]')

/** Lines for the end of postern.yaml, and the file that they name. */
function withAuthority(files: ProjectFiles): ProjectFiles {
  const lines = 'clientCertificates: { authorities: [ca.pem] }\n'
  return { ...files, 'postern.yaml': files['postern.yaml'] + lines, 'ca.pem': new Authority('CA').pem }
}

test('a client certificate is asked for, and the project has no authority', () => {
  assert.deepEqual(diagnose(asksForCertificate), ['api.yaml:8:32 error unenforceable-security #/paths/~1pets/get/security/0/it'])
  assert.match(findings(asksForCertificate)[0]?.hint ?? '', /clientCertificates/)
  assert.deepEqual(diagnose(withAuthority(asksForCertificate), new Date()), [])
})

test('the whole API asks for a client certificate, and the project has no authority', () => {
  for (const value of ['mandatory', 'optional']) {
    const files = apiWith(`x-wso2-mutual-ssl: ${value}\npaths: { /pets: { get: { security: [] } } }\n`)
    assert.deepEqual(diagnose(files), ['api.yaml:3:20 error unenforceable-security #/x-wso2-mutual-ssl'])
    assert.deepEqual(diagnose(withAuthority(files), new Date()), [])
  }
})

test('a certificate has no scopes', () => {
  const files = api('{ type: mutualTLS }', '[{ it: [admin] }]')
  assert.match(
    findings(withAuthority(files), new Date()).find(({ code }) => code === 'unenforceable-security')?.message ?? '',
    /names scopes/,
  )
})

test('an alternative that cannot be enforced is not dropped in favour of one that can', () => {
  const files = withIssuer(api('{ type: http, scheme: basic }', '[{ token: [] }, { it: [] }]'))
  assert.deepEqual(diagnose(files), ['api.yaml:8:47 error unenforceable-security #/paths/~1pets/get/security/1/it'])
  assert.match(findings(files)[0]?.message ?? '', /this alternative cannot be dropped/)
})

test('schemes of two kinds together are refused for the one that cannot be enforced', () => {
  const files = withIssuer(api('{ type: apiKey, in: header, name: X-Key }', '[{ token: [], it: [] }]'))
  assert.deepEqual(diagnose(files), ['api.yaml:8:43 error unenforceable-security #/paths/~1pets/get/security/0/it'])
  assert.match(findings(files)[0]?.message ?? '', /asked for together with another scheme/)
})

test('a type that OpenAPI does not know: the hint names the one that was probably meant', () => {
  const hint = (scheme: string): string | undefined => findings(withIssuer(api(scheme, '[{ it: [] }]')))[0]?.hint
  assert.equal(hint('{ type: oauth }'), 'Did you mean `oauth2`?')
  assert.equal(hint('{ type: openidconnect }'), 'Did you mean `openIdConnect`?')
  assert.match(hint('{ type: bearer }') ?? '', /ask for a token/)
  assert.match(hint('{ type: http, scheme: digest }') ?? '', /ask for a token/)
})
