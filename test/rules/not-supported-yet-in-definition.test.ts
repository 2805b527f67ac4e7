import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

/** There is no issuer, which is not what is looked at here. */
const root = (line: string): readonly string[] =>
  diagnose(apiWith(`${line}\npaths: { /pets: { get: { security: [] } } }\n`)).filter((each) => !each.includes('unenforceable-security'))

test('features that this version cannot enforce are refused, and never ignored', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x-wso2-request-interceptor: validate', '3:1 error not-supported-yet #/x-wso2-request-interceptor'],
    ['x-wso2-response-interceptor: "java:a.B"', '3:1 error not-supported-yet #/x-wso2-response-interceptor'],
    ['x-wso2-response-cache: { enabled: true }', '3:1 error not-supported-yet #/x-wso2-response-cache'],
  ]
  for (const [line, place] of cases) assert.deepEqual(root(line), [`api.yaml:${place}`], line)
})

test('what an endpoint can have besides one URL', () => {
  const endpoint = (keys: string): readonly string[] => root(`x-wso2-sandbox-endpoints: { ${keys} }`)
  const at = '#/x-wso2-sandbox-endpoints'
  assert.deepEqual(endpoint("urls: ['https://a', 'https://b']"), [`api.yaml:3:49 error not-supported-yet ${at}/urls/1`])
  assert.deepEqual(endpoint("urls: ['etcd(key, https://a)']"), [`api.yaml:3:36 error not-supported-yet ${at}/urls/0`])
  const security = "urls: ['https://a'], securityConfig: { type: aws, username: a }"
  assert.deepEqual(endpoint(security), [`api.yaml:3:74 error not-supported-yet ${at}/securityConfig/type`])
  assert.deepEqual(endpoint("urls: ['https://a'], advanceEndpointConfig: {}"), [
    `api.yaml:3:50 error not-supported-yet ${at}/advanceEndpointConfig`,
  ])
})

test('what asks for nothing passes', () => {
  for (const line of [
    'x-wso2-transports: [http, https]',
    'x-wso2-transports: [https]',
    'x-wso2-response-cache: { enabled: false }',
    'x-wso2-owner: alice',
    "x-wso2-production-endpoints: { urls: ['https://b.example'], type: load_balance }",
  ]) {
    assert.deepEqual(root(line), [], line)
  }
})
