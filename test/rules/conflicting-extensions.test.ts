import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

const operation = (lines: readonly string[]): readonly string[] => {
  const text = lines.map((line) => `      ${line}\n`).join('')
  return diagnose(
    apiWith(`paths:\n  /pets:\n    get:\n${text}components: { securitySchemes: { token: { type: http, scheme: bearer } } }\n`),
  ).filter((finding) => !finding.includes('unenforceable-security'))
}
const at = '#/paths/~1pets/get'

test('backends, tiers and publicity that are said twice at one level must agree', () => {
  const backend = (url: string): readonly string[] => [
    'security: []',
    'x-postern: { backend: https://a }',
    `x-wso2-production-endpoints: { urls: ['${url}'] }`,
  ]
  assert.deepEqual(operation(backend('https://b')), [`api.yaml:8:45 error conflicting-extensions ${at}/x-wso2-production-endpoints/urls/0`])
  assert.deepEqual(operation(backend('https://a')), [])
  const tier = (name: string): readonly string[] => ['security: []', 'x-postern: { throttle: Unlimited }', `x-throttling-tier: ${name}`]
  assert.deepEqual(operation(tier('Other')), [`api.yaml:8:26 error conflicting-extensions ${at}/x-throttling-tier`])
  assert.deepEqual(operation(tier('Unlimited')), [])
  assert.deepEqual(operation(['x-postern: { public: true }', 'x-wso2-disable-security: false']), [
    `api.yaml:7:32 error conflicting-extensions ${at}/x-wso2-disable-security`,
  ])
  assert.deepEqual(operation(['x-postern: { public: true }', 'x-wso2-disable-security: true', 'x-auth-type: None']), [])
})

test('CORS that is said in both forms, or twice, must agree', () => {
  const root = (own: string, wso2: string): readonly string[] =>
    diagnose(apiWith(`x-postern: { cors: ${own} }\nx-wso2-cors: { ${wso2} }\npaths: { /pets: { get: { security: [] } } }\n`))
  const found = ['api.yaml:4:14 error conflicting-extensions #/x-wso2-cors']
  const wso2 = 'accessControlAllowOrigins: ["https://a.example", "https://b.example"]'
  assert.deepEqual(root('{ origins: [https://b.example, https://a.example], maxAge: 1h }', wso2), [])
  assert.deepEqual(root('{ origins: [https://b.example] }', wso2), found)
  assert.deepEqual(root('off', wso2), found)
  assert.deepEqual(root('off', `corsConfigurationEnabled: false, ${wso2}`), [])
  assert.deepEqual(root('{ origins: "*" }', 'accessControlAllowOrigins: "*", access_control_allow_origins: "*"'), [
    'api.yaml:4:48 error conflicting-extensions #/x-wso2-cors/access_control_allow_origins',
  ])
})

test('at different levels the nearer one wins', () => {
  const found = diagnose(
    apiWith(
      "x-wso2-production-endpoints: { urls: ['https://a.example'] }\npaths: { /pets: { x-postern: { backend: https://b.example }, get: { security: [] } } }\n",
    ),
  )
  assert.deepEqual(found, [])
})

test('an operation cannot be public and ask for something', () => {
  assert.deepEqual(operation(['security: [{ token: [] }]', 'x-postern: { public: true }']), [
    `api.yaml:7:28 error conflicting-extensions ${at}/x-postern/public`,
  ])
  for (const open of ['security: []', 'x-postern: { public: true }', 'x-wso2-disable-security: true', 'x-auth-type: None']) {
    assert.deepEqual(operation([open, 'x-scope: admin']), [`api.yaml:7:16 error conflicting-extensions ${at}/x-scope`], open)
  }
})

test('a scope cannot be asked of callers who need no credential', () => {
  assert.deepEqual(operation(['security: [{}, { token: [] }]', 'x-scope: admin']), [
    `api.yaml:7:16 error conflicting-extensions ${at}/x-scope`,
  ])
  assert.deepEqual(operation(['security: [{ token: [] }]', 'x-scope: admin']), [])
})

test('security that is not disabled cannot be empty at the same level', () => {
  assert.deepEqual(operation(['security: []', 'x-wso2-disable-security: false']), [
    `api.yaml:7:32 error conflicting-extensions ${at}/x-wso2-disable-security`,
  ])
  assert.deepEqual(operation(['security: []', 'x-wso2-disable-security: true']), [])
})

test('the caller’s credential cannot go to a backend beside the gateway’s own', () => {
  const backend = '{ url: "http://127.0.0.1:9001", credential: { basic: { user: gateway, password: "${PASSWORD}" } } }'
  const found = operation(['security: []', `x-postern: { backend: ${backend}, forwardCredential: true }`])
  assert.deepEqual(
    found.map((line) => line.replace(/:\d+:\d+ /, ' ')),
    [`api.yaml error conflicting-extensions ${at}/x-postern/forwardCredential`],
  )
})
