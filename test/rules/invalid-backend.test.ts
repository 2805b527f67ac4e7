import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, type ProjectFiles } from './check-project.ts'

function backend(url: string): ProjectFiles {
  const project = `name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n    backend: ${JSON.stringify(url)}\n`
  return apiWith('paths:\n  /a: { get: { security: [] }, put: { security: [] } }\n', { 'postern.yaml': project })
}

test('addresses that are no backend’s', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['backend:9000', 'is not an absolute http or https URL'],
    ['/v2', 'is not an absolute http or https URL'],
    ['//backend/v2', 'is not an absolute http or https URL'],
    ['ftp://backend', 'is not an absolute http or https URL'],
    ['ws://backend', 'is not an absolute http or https URL'],
    ['http://', 'is malformed'],
    ['http://backend:99999', 'is malformed'],
    ['http://[::1', 'is malformed'],
    ['http://back end/', 'holds white space, a backslash or a control character'],
    ['http://backend\\v2', 'holds white space, a backslash or a control character'],
    ['http://backend/{version}', 'holds a variable or setting that is not resolved'],
    ['http://user@backend', 'holds a user'],
    ['http://@backend', 'holds a user'],
    ['http://backend/?a=b', 'holds a query'],
    ['http://backend/?', 'holds a query'],
    ['http://backend/#a', 'holds a fragment'],
    ['http://backend:0', 'has the port 0'],
  ]
  for (const [url, problem] of wrong) {
    assert.deepEqual(diagnose(backend(url)), ['postern.yaml:5:14 error invalid-backend #/apis/0/backend'], url)
    assert.equal(findings(backend(url))[0]?.message, `the backend address ${problem}`, url)
  }
})

test('settings are checked as far as they are known', () => {
  for (const url of [
    '${A:-backend}',
    'http://backend/${A:-?b}',
    '${A:-http://backend}/v2?b',
    'ftp://${HOST}',
    'http://${USER}@backend',
    'http://${HOST}:${PORT}/?q',
  ]) {
    assert.deepEqual(diagnose(backend(url)), ['postern.yaml:5:14 error invalid-backend #/apis/0/backend'], url)
  }
  for (const url of [
    '${URL}',
    '${URL}/v2',
    'https://${HOST}',
    'https://${HOST}:${PORT}/v2',
    '${URL:-http://127.0.0.1:9000}',
    'http://backend/${PATH_PREFIX:-}',
  ]) {
    assert.deepEqual(diagnose(backend(url)), [], url)
  }
})

test('a backend that the definition names is checked there', () => {
  const project = { 'postern.yaml': 'name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n' }
  const files = apiWith('servers:\n  - url: https://backend/v2?a=b\npaths:\n  /a: { get: { security: [] } }\n', project)
  assert.deepEqual(diagnose(files), ['api.yaml:4:10 error invalid-backend #/servers/0/url'])
})

test('hosts and escapes that the URL standard takes, and that nobody meant', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['http://http://x', 'has a colon without a port'],
    ['http://backend:', 'has a colon without a port'],
    ['http://$HOST/x', 'has a host name with characters that no host name has'],
    ['http://a,b/x', 'has a host name with characters that no host name has'],
    ['http://backend/%zz', 'has a path with a `%` that begins no escape'],
    ['http://backend/a%2', 'has a path with a `%` that begins no escape'],
  ]
  for (const [url, problem] of wrong) {
    assert.deepEqual(diagnose(backend(url)), ['postern.yaml:5:14 error invalid-backend #/apis/0/backend'], url)
    assert.equal(findings(backend(url))[0]?.message, `the backend address ${problem}`, url)
  }
  for (const url of ['http://my_service:9000/a%20b', 'https://[::1]:9000/v2', 'https://BACKEND/v2', 'https://10.0.0.1/']) {
    assert.deepEqual(diagnose(backend(url)), [], url)
  }
})

test('certificates for an address that is plain http', () => {
  const object = "{ url: 'http://127.0.0.1:9000', serverName: api.internal }"
  const project = `name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n    backend: ${object}\n`
  const files = apiWith('paths:\n  /a: { get: { security: [] } }\n', { 'postern.yaml': project })
  assert.deepEqual(diagnose(files), ['postern.yaml:5:46 error invalid-backend #/apis/0/backend/serverName'])
  const setting = apiWith('paths:\n  /a: { get: { security: [] } }\n', {
    'postern.yaml': project.replace('http://127.0.0.1:9000', '${URL}'),
  })
  assert.deepEqual(diagnose(setting), [])
})

test('a switch of protocols with an HTTP/2 backend', () => {
  const definition = [
    'x-postern: { backend: { url: https://backend.example, http: 2 } }',
    'paths:',
    '  /a: { get: { security: [], x-postern: { upgrade: websocket } } }',
  ]
  const [found, ...others] = diagnose(
    apiWith(`${definition.join('\n')}\n`, { 'postern.yaml': 'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml }]\n' }),
  )
  assert.match(found ?? '', /^api\.yaml:5:\d+ error invalid-backend #\/paths\/~1a\/get\/x-postern\/upgrade/)
  assert.deepEqual(others, [])
})
