import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'

const project = { 'postern.yaml': 'name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n' }

test('an API without a backend is reported once', () => {
  const files = apiWith('paths:\n  /pets: { get: { security: [] }, put: { security: [] } }\n', project)
  assert.deepEqual(diagnose(files), ['api.yaml:1:1 error no-backend #'])
})

test('an operation without a backend, where others have one', () => {
  const files = apiWith(
    'paths:\n  /a: { get: { security: [], x-postern: { backend: "http://127.0.0.1:9000" } } }\n  /b: { get: { security: [] } }\n',
    project,
  )
  assert.deepEqual(diagnose(files), ['api.yaml:5:9 error no-backend #/paths/~1b/get'])
})

test('a sandbox backend is a backend', () => {
  const sandbox = { 'postern.yaml': `${project['postern.yaml']}    sandboxBackend: http://127.0.0.1:9001\n` }
  assert.deepEqual(diagnose(apiWith('paths:\n  /a: { get: { security: [] } }\n', sandbox)), [])
})

test('a backend that is given and refused is not said to be missing', () => {
  const operation = 'paths: { /pets: { get: { security: [] } } }\n'
  for (const lines of [
    "servers: [{ url: 'https://${a b}/v2' }]",
    'servers: https://a.example',
    'servers: [7]',
    'servers: [{}]',
    'x-postern: { backend: 7 }',
    'x-postern: { backend: { http: 2 } }',
    'x-postern: { backend: { url: https://a.example, http: 3 } }',
    'x-postern: { backend: { url: https://a.example, authorities: [] } }',
    'x-postern: { sandboxBackend: 7 }',
    "x-wso2-production-endpoints: { urls: ['etcd(a,b)'] }",
    'x-wso2-production-endpoints: { urls: [] }',
    'x-wso2-production-endpoints: {}',
    "x-wso2-production-endpoints: '#/x-wso2-endpoints/none'",
    "x-wso2-production-endpoints: { urls: ['https://${'] }",
    "x-wso2-sandbox-endpoints: { urls: ['https://${'] }",
  ]) {
    const found = diagnose(apiWith(`${lines}\n${operation}`, project))
    assert.equal(found.length, 1, `${lines}: ${found.join()}`)
    assert.doesNotMatch(found[0] ?? '', /no-backend/, lines)
  }
  const malformed = { 'postern.yaml': `${project['postern.yaml']}    backend: 'http://\${a b}'\n` }
  assert.deepEqual(diagnose(apiWith(operation, malformed)), ['postern.yaml:5:14 error invalid-setting #/apis/0/backend'])
})

test('one that is refused for an operation does not hide that others have none', () => {
  const files = apiWith('paths:\n  /a: { get: { security: [], x-postern: { backend: 7 } } }\n  /b: { get: { security: [] } }\n', project)
  assert.deepEqual(diagnose(files), [
    'api.yaml:4:52 error invalid-extension #/paths/~1a/get/x-postern/backend',
    'api.yaml:5:9 error no-backend #/paths/~1b/get',
  ])
})

test('a list of servers that is empty, or whose first is relative, names none', () => {
  for (const servers of ['[]', '[{ url: /v2 }]']) {
    assert.deepEqual(diagnose(apiWith(`servers: ${servers}\npaths: { /pets: { get: { security: [] } } }\n`, project)), [
      'api.yaml:1:1 error no-backend #',
    ])
  }
})
