/** What a backend that is more than a URL may say. Its findings have codes of which each has a test of its own. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { apiWith, diagnose, findings, type ProjectFiles } from './check-project.ts'

const authority = makeCertificate({
  subject: 'backend CA',
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2027-01-01T00:00:00Z'),
  authority: true,
})
const now = new Date('2026-06-15')

/** `object` stands in line 5, at column 14. */
function withBackend(object: string, files: ProjectFiles = {}): ProjectFiles {
  const project = `name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n    backend: ${object}\n`
  return apiWith('paths:\n  /a: { get: { security: [] } }\n', { 'postern.yaml': project, 'ca.pem': authority, ...files })
}

function inDefinition(object: string): ProjectFiles {
  const project = 'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml }]\n'
  const definition = `x-postern: { backend: ${object} }\npaths:\n  /a: { get: { security: [] } }\n`
  return apiWith(definition, { 'postern.yaml': project, 'ca.pem': authority })
}

test('all that there is', () => {
  const whole =
    "{ url: 'https://${HOST}', http: 2, authorities: [ca.pem], certificate: '${CERT}', key: '${KEY}', serverName: api.internal }"
  for (const object of [whole, "{ url: 'https://a.example' }", "{ url: 'https://a.example', http: 1.1, serverName: 10.0.0.1 }"]) {
    assert.deepEqual(diagnose(withBackend(object), now), [], object)
    assert.deepEqual(diagnose(inDefinition(object), now), [], object)
  }
})

test('what is wrong is said where it stands', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['{ http: 2 }', 'invalid-project #/apis/0/backend'],
    ["{ url: 'https://a.example', http: 3 }", 'invalid-project #/apis/0/backend/http'],
    ["{ url: 'https://a.example', certificate: '${CERT}' }", 'invalid-project #/apis/0/backend'],
    ["{ url: 'https://a.example', certificate: cert.pem, key: '${KEY}' }", 'invalid-project #/apis/0/backend/certificate'],
    ["{ url: 'https://a.example', serverName: 'a b' }", 'invalid-project #/apis/0/backend/serverName'],
    ["{ url: 'https://a.example', serverName: 'a.example:443' }", 'invalid-project #/apis/0/backend/serverName'],
    ["{ url: 'https://a.example', authorities: [] }", 'invalid-project #/apis/0/backend/authorities'],
    ["{ url: 'https://a.example', authorities: ca.pem }", 'invalid-project #/apis/0/backend/authorities'],
    ["{ url: 'https://a.example', authority: ca.pem }", 'unknown-key #/apis/0/backend/authority'],
    ["{ url: 'https://a.example', authorities: ['${CA}'] }", 'setting-not-allowed #/apis/0/backend/authorities/0'],
    ["{ url: 'https://a.example', serverName: '${NAME}' }", 'setting-not-allowed #/apis/0/backend/serverName'],
  ]
  for (const [object, expected] of wrong) {
    const found = findings(withBackend(object), now).map(({ code, at }) => `${code} ${at.pointer}`)
    assert.ok(found.includes(expected), `${object}: ${found.join()}`)
  }
  assert.deepEqual(diagnose(inDefinition("{ url: 'https://a.example', http: 3 }"), now), [
    'api.yaml:3:57 error invalid-extension #/x-postern/backend/http',
  ])
})

test('files of authorities', () => {
  const backend = "{ url: 'https://a.example', authorities: [ca.pem] }"
  const { privateKey } = generateKeyPairSync('ed25519')
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const files: readonly (readonly [string, string])[] = [
    ['no certificate', 'postern.yaml:5:56 error unusable-key #/apis/0/backend/authorities/0'],
    [authority.replace('MI', 'XX'), 'ca.pem:1:1 error unusable-key #'],
    [secret, 'ca.pem:1:1 error private-key #'],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', 'ca.pem:1:1 error unusable-key #'],
  ]
  for (const [content, expected] of files) assert.deepEqual(diagnose(withBackend(backend, { 'ca.pem': content }), now), [expected])
  assert.deepEqual(diagnose(withBackend(backend), new Date('2027-01-02')), ['ca.pem:1:1 error key-expired #'])
  assert.deepEqual(diagnose(withBackend(backend), new Date('2026-12-20')), ['ca.pem:1:1 warning key-expires-soon #'])
})

test('a file that is named twice is read once', () => {
  const object = "{ url: 'https://a.example', authorities: [ca.pem, ./ca.pem] }"
  assert.deepEqual(diagnose(withBackend(object), new Date('2027-01-02')), ['ca.pem:1:1 error key-expired #'])
})
