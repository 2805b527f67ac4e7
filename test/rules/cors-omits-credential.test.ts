import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { diagnose, type ProjectFiles } from './check-project.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function project(cors: string, lines: string = ''): ProjectFiles {
  return {
    'postern.yaml':
      'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml, backend: "http://127.0.0.1:9000" }]\n' +
      'issuers: [{ issuer: "https://one.example", audiences: any, keys: key.pem }]\n',
    'key.pem': publicKey.export({ type: 'spki', format: 'pem' }),
    'api.yaml':
      `openapi: 3.1.0\ninfo: { title: Sample, version: 1.0.0 }\nx-postern: { cors: ${cors} }\n${lines}` +
      'components: { securitySchemes: { login: { type: http, scheme: bearer } } }\n' +
      'paths:\n  /pets: { get: { security: [{ login: [] }] }, post: { security: [{ login: [] }] }, put: { security: [] } }\n',
  }
}

const found = ['api.yaml:3:20 warning cors-omits-credential #/x-postern/cors']

test('pages cannot send the token that an operation asks for', () => {
  assert.deepEqual(diagnose(project('{ origins: "*" }')), found)
  assert.deepEqual(diagnose(project('{ origins: "*", headers: [Content-Type] }')), found)
  assert.deepEqual(diagnose(project('{ origins: "*", headers: [Authorization] }', 'x-wso2-auth-header: X-Token\n')), found)
})

test('`*` does not stand for Authorization, and for every other field it does', () => {
  assert.deepEqual(diagnose(project('{ origins: "*", headers: "*" }')), found)
  assert.deepEqual(diagnose(project('{ origins: "*", headers: "*" }', 'x-wso2-auth-header: X-Token\n')), [])
})

test('the field is listed, or no operation for pages asks for a token', () => {
  assert.deepEqual(diagnose(project('{ origins: "*", headers: [content-type, AUTHORIZATION] }')), [])
  assert.deepEqual(diagnose(project('{ origins: "*", methods: [PUT] }')), [])
  assert.deepEqual(diagnose(project('off')), [])
})

function keyProject(security: string, cors: string): ProjectFiles {
  return {
    'postern.yaml':
      'name: sample\nversion: 1.0.0\napis: [{ definition: api.yaml, backend: "http://127.0.0.1:9000" }]\napiKeys: keys.yaml\nusers: users.yaml\n',
    'keys.yaml': 'keys: []\n',
    'users.yaml': 'users: []\n',
    'api.yaml':
      `openapi: 3.1.0\ninfo: { title: Sample, version: 1.0.0 }\nx-postern: { cors: ${cors} }\n` +
      'components:\n  securitySchemes:\n    key: { type: apiKey, in: header, name: X-API-Key }\n' +
      '    parameter: { type: apiKey, in: query, name: api_key }\n    user: { type: http, scheme: basic }\n' +
      `paths:\n  /pets: { get: { security: ${security} } }\n`,
  }
}

test('the field of an API key, where it can go nowhere else', () => {
  assert.deepEqual(diagnose(keyProject('[{ key: [] }]', '{ origins: "*" }')), found)
  assert.deepEqual(diagnose(keyProject('[{ key: [] }]', '{ origins: "*", headers: [x-api-key] }')), [])
  assert.deepEqual(diagnose(keyProject('[{ key: [] }]', '{ origins: "*", headers: "*" }')), [])
  assert.deepEqual(diagnose(keyProject('[{ parameter: [] }]', '{ origins: "*" }')), [])
  assert.deepEqual(diagnose(keyProject('[{ key: [] }, { parameter: [] }]', '{ origins: "*" }')), [])
})

test('the field of a password, which a browser sends by itself only with credentials', () => {
  assert.deepEqual(diagnose(keyProject('[{ user: [] }]', '{ origins: "*" }')), found)
  assert.deepEqual(diagnose(keyProject('[{ user: [] }]', '{ origins: "*", headers: [Authorization] }')), [])
  assert.deepEqual(diagnose(keyProject('[{ user: [] }]', '{ origins: ["https://app.example.com"], credentials: true }')), [])
})
