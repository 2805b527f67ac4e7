import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'
import { ellipticKeys } from './issuer-files.ts'

/** Where secrets were found; none of them is repeated. */
function secrets(files: ProjectFiles): readonly string[] {
  const found = findings(files)
  for (const { message, hint } of found) assert.doesNotMatch(message + hint, /hunter2/)
  return diagnose(files).filter((line) => line.includes('secret-in-file'))
}

test('the password of a backend, literal or as a default', () => {
  for (const url of ['http://user:hunter2@127.0.0.1:9001', '${URL:-http://user:hunter2@127.0.0.1}', 'http://${USER}:hunter2@127.0.0.1']) {
    assert.deepEqual(
      secrets(projectWith(`    sandboxBackend: ${url}\n`)),
      ['postern.yaml:6:21 error secret-in-file #/apis/0/sandboxBackend'],
      url,
    )
  }
})

test('the password of a backend that the definition names', () => {
  const files = apiWith('x-postern: { sandboxBackend: "http://user:hunter2@127.0.0.1" }\npaths: { /a: { get: { security: [] } } }\n')
  assert.deepEqual(secrets(files), ['api.yaml:3:30 error secret-in-file #/x-postern/sandboxBackend'])
  assert.equal(findings(files).length, 1)
})

test('secrets of the project', () => {
  const lines = `backendToken: { header: X-JWT-Assertion, key: hunter2 }
throttling: { url: "redis://:hunter2@redis" }
revocation: { feeds: [{ type: amqp, url: "amqp://user:hunter2@broker" }] }
issuers: [{ introspection: { clientSecret: "\${SECRET:-hunter2}" } }]
`
  assert.deepEqual(secrets(projectWith(lines)), [
    'postern.yaml:6:47 error secret-in-file #/backendToken/key',
    'postern.yaml:7:20 error secret-in-file #/throttling/url',
    'postern.yaml:8:42 error secret-in-file #/revocation/feeds/0/url',
    'postern.yaml:9:44 error secret-in-file #/issuers/0/introspection/clientSecret',
  ])
})

test('a private key in postern.yaml itself', () => {
  const [begin = ''] = ellipticKeys.privateKey.split('\n')
  assert.deepEqual(secrets(projectWith(`issuers: [{ keys: "${begin}" }]\n`)), ['postern.yaml:6:19 error secret-in-file #/issuers/0/keys'])
})

test('settings are no secrets', () => {
  const lines = `backendToken: { key: "\${KEY}" }
throttling: { url: "redis://:\${PASSWORD:-}@redis" }
issuers: [{ introspection: { clientSecret: "\${SECRET}" } }]
`
  assert.deepEqual(secrets(projectWith(lines)), [])
})
