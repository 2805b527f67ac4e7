/** `credential` of a backend, in postern.yaml and in definitions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, type ProjectFiles } from './check-project.ts'

function inProject(credential: string): ProjectFiles {
  const backend = `{ url: 'https://a.example', credential: ${credential} }`
  const project = `name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n    backend: ${backend}\n`
  return apiWith('paths:\n  /a: { get: { security: [] } }\n', { 'postern.yaml': project })
}

function inDefinition(credential: string): ProjectFiles {
  const project = 'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml }]\n'
  const definition = `x-postern: { backend: { url: 'https://a.example', credential: ${credential} } }\npaths:\n  /a: { get: { security: [] } }\n`
  return apiWith(definition, { 'postern.yaml': project })
}

function codes(files: ProjectFiles): readonly string[] {
  return findings(files).map(({ code, at }) => `${code} ${at.pointer.slice(at.pointer.indexOf('/credential') + 1)}`)
}

const grant = "url: 'https://idp.example/token', clientId: gateway, clientSecret: '${SECRET}'"

test('all that there is', () => {
  for (const credential of [
    "{ basic: { user: gateway, password: '${PASSWORD}' } }",
    "{ digest: { user: '${USER_NAME:-gateway}', password: '${PASSWORD}', algorithms: [MD5, SHA-256, SHA-512-256] } }",
    "{ apiKey: { header: X-Api-Key, key: '${KEY}' } }",
    "{ apiKey: { header: Authorization, key: 'Bearer ${KEY}' } }",
    "{ apiKey: { query: api_key, key: '${KEY}' } }",
    `{ clientCredentials: { ${grant}, authentication: post, scopes: ['a:b', c], audience: 'https://a.example' } }`,
    "{ clientCredentials: { url: '${URL}', clientId: '${ID}', clientSecret: '${SECRET}' } }",
    "{ clientCredentials: { url: 'https://a', clientId: a, clientKey: '${KEY}', clientKeyId: k, clientAudience: b, audience: c } }",
    "{ clientCredentials: { url: 'https://a', clientId: a, certificate: '${C}', key: '${K}', serverName: b } }",
    "{ clientCredentials: { url: 'http://127.0.0.1:9000/token', clientId: a, clientSecret: '${SECRET}' } }",
  ]) {
    assert.deepEqual(diagnose(inProject(credential)), [], credential)
    assert.deepEqual(diagnose(inDefinition(credential)), [], credential)
  }
})

test('a secret that stands in the file', () => {
  for (const [credential, place] of [
    ['{ basic: { user: a, password: secret } }', 'credential/basic/password'],
    ["{ basic: { user: a, password: '${PASSWORD:-secret}' } }", 'credential/basic/password'],
    ["{ digest: { user: a, password: 'x${PASSWORD}' } }", 'credential/digest/password'],
    ['{ apiKey: { header: X-Api-Key, key: secret } }', 'credential/apiKey/key'],
    ["{ apiKey: { header: X-Api-Key, key: 'Bearer abc ${KEY}' } }", 'credential/apiKey/key'],
    ["{ clientCredentials: { url: 'https://a.example', clientId: a, clientSecret: secret } }", 'credential/clientCredentials/clientSecret'],
  ] as const) {
    for (const files of [inProject(credential), inDefinition(credential)])
      assert.ok(codes(files).includes(`secret-in-file ${place}`), `${credential}: ${codes(files).join()}`)
  }
  const address = "{ clientCredentials: { url: 'https://u:p@a.example', clientId: a, clientSecret: '${SECRET}' } }"
  for (const files of [inProject(address), inDefinition(address)])
    assert.ok(
      findings(files).some(({ code }) => code === 'secret-in-file'),
      codes(files).join(),
    )
})

test('what is wrong is said where it stands', () => {
  for (const [credential, expected] of [
    ['{}', 'invalid-project credential'],
    ['basic', 'invalid-project credential'],
    ["{ basic: { user: a, password: '${P}' }, apiKey: { query: a, key: '${K}' } }", 'invalid-project credential'],
    ["{ bearer: { token: '${T}' } }", 'unknown-key credential/bearer'],
    ["{ basic: { user: a, password: '${P}', realm: x } }", 'unknown-key credential/basic/realm'],
    ["{ basic: { password: '${P}' } }", 'invalid-project credential/basic'],
    ["{ digest: { user: a, password: '${P}', algorithms: [SHA-1] } }", 'invalid-project credential/digest/algorithms/0'],
    ["{ digest: { user: a, password: '${P}', algorithms: [] } }", 'invalid-project credential/digest/algorithms'],
    ["{ apiKey: { key: '${K}' } }", 'invalid-project credential/apiKey'],
    ["{ apiKey: { key: '${K}', header: a, query: b } }", 'invalid-project credential/apiKey'],
    ["{ apiKey: { key: '${K}', header: Content-Length } }", 'invalid-project credential/apiKey/header'],
    ["{ apiKey: { key: '${K}', query: 'a=b' } }", 'invalid-project credential/apiKey/query'],
    [`{ clientCredentials: { ${grant}, authentication: none } }`, 'invalid-project credential/clientCredentials/authentication'],
    [`{ clientCredentials: { ${grant}, authentication: tls } }`, 'invalid-project credential/clientCredentials/clientSecret'],
    [`{ clientCredentials: { ${grant}, clientAudience: a } }`, 'invalid-project credential/clientCredentials/clientAudience'],
    [`{ clientCredentials: { ${grant}, certificate: '\${C}' } }`, 'invalid-project credential/clientCredentials'],
    ["{ clientCredentials: { url: 'https://a', clientId: a, authentication: tls } }", 'invalid-project credential/clientCredentials'],
    [
      "{ clientCredentials: { url: 'https://a', clientId: a, clientKey: key.pem } }",
      'invalid-project credential/clientCredentials/clientKey',
    ],
    [`{ clientCredentials: { ${grant}, scopes: ['a b'] } }`, 'invalid-project credential/clientCredentials/scopes'],
    [`{ clientCredentials: { ${grant}, authorities: [] } }`, 'invalid-project credential/clientCredentials/authorities'],
    [`{ clientCredentials: { ${grant}, audience: '\${A}' } }`, 'invalid-project credential/clientCredentials/audience'],
    [
      "{ clientCredentials: { url: 'http://idp.example', clientId: a, clientSecret: '${S}' } }",
      'invalid-backend credential/clientCredentials',
    ],
    [
      "{ clientCredentials: { url: 'http://127.0.0.1/', clientId: a, clientSecret: '${S}', serverName: b } }",
      'invalid-backend credential/clientCredentials/serverName',
    ],
    ["{ clientCredentials: { url: 'ftp://a', clientId: a, clientSecret: '${S}' } }", 'invalid-backend credential/clientCredentials'],
  ] as const)
    assert.ok(codes(inProject(credential)).includes(expected), `${credential}: ${codes(inProject(credential)).join()}`)
})

function wso2(security: string): ProjectFiles {
  const project = 'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml }]\n'
  const definition = `x-wso2-production-endpoints: { urls: ['https://a.example'], securityConfig: ${security} }\npaths:\n  /a: { get: { security: [] } }\n`
  return apiWith(definition, { 'postern.yaml': project })
}

test("WSO2's form", () => {
  for (const security of ['{ type: BASIC, username: u }', "{ type: digest, username: u, password: '${P}' }"])
    assert.deepEqual(diagnose(wso2(security)), [], security)
  for (const [security, expected] of [
    ['{ type: basic, username: u, password: p }', 'secret-in-file'],
    ['{ type: aws, username: u }', 'not-supported-yet'],
    ['{ type: basic }', 'invalid-extension'],
    ['{ type: basic, username: u, realm: r }', 'unknown-key'],
  ] as const)
    assert.ok(
      findings(wso2(security)).some(({ code }) => code === expected),
      security,
    )
})
