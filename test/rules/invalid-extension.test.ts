import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose, findings } from './check-project.ts'

/** There is no issuer, which is not what is looked at here. */
const root = (line: string): readonly string[] =>
  diagnose(apiWith(`${line}\npaths: { /pets: { get: { security: [] } } }\n`)).filter((each) => !each.includes('unenforceable-security'))
const path = (line: string): readonly string[] => diagnose(apiWith(`paths:\n  /pets:\n    ${line}\n    get: { security: [] }\n`))
const operation = (line: string): readonly string[] => diagnose(apiWith(`paths:\n  /pets:\n    get:\n      security: []\n      ${line}\n`))

test('values of x-postern', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x-postern: yes', '3:12 error invalid-extension #/x-postern'],
    ['x-postern: { maxBody: 1 }', '3:23 error invalid-extension #/x-postern/maxBody'],
    ['x-postern: { maxBody: 10 parsecs }', '3:23 error invalid-extension #/x-postern/maxBody'],
    ['x-postern: { idle: soon }', '3:20 error invalid-extension #/x-postern/idle'],
    ['x-postern: { timeout: 0s }', '3:23 error invalid-extension #/x-postern/timeout'],
    ['x-postern: { throttle: [] }', '3:24 error invalid-extension #/x-postern/throttle'],
    ['x-postern: { throttle: { by: api } }', '3:24 error invalid-extension #/x-postern/throttle'],
    ['x-postern: { throttle: { tier: Unlimited, by: planet } }', '3:47 error invalid-extension #/x-postern/throttle/by'],
    ['x-postern: { backend: 7 }', '3:23 error invalid-extension #/x-postern/backend'],
  ]
  for (const [line, place] of cases) assert.deepEqual(root(line), [`api.yaml:${place}`], line)
  assert.deepEqual(operation('x-postern: { public: false }'), ['api.yaml:7:28 error invalid-extension #/paths/~1pets/get/x-postern/public'])
})

test('values of x-postern.cors', () => {
  const origins = ['https://a.example/', 'https://A.example', 'https://a.example:443', 'a.example', 'https://*.a.example', 'file:///x']
  const more = ['https://u:p@a.example', 'https://bücher.example', 'javascript:alert(1)', 'https://a.example https://b.example', '${APP}']
  for (const origin of [...origins, ...more]) {
    const line = `x-postern: { cors: { origins: [${JSON.stringify(origin)}] } }`
    assert.ok(root(line).includes('api.yaml:3:32 error invalid-extension #/x-postern/cors/origins/0'), origin)
  }
  const cases: readonly (readonly [string, string])[] = [
    ['on', '20 error invalid-extension #'],
    ['{ headers: "*" }', '20 error invalid-extension #'],
    ['{ origins: [] }', '31 error invalid-extension #/origins'],
    ['{ origins: "*", origin: "*" }', '36 error unknown-key #/origin'],
    ['{ origins: "*", methods: [get] }', '46 error invalid-extension #/methods/0'],
    ['{ origins: "*", headers: ["a b"] }', '46 error invalid-extension #/headers/0'],
    ['{ origins: "*", expose: "a\\r\\nb: c" }', '44 error invalid-extension #/expose'],
    ['{ origins: "*", credentials: maybe }', '49 error invalid-extension #/credentials'],
    ['{ origins: "*", maxAge: 600 }', '44 error invalid-extension #/maxAge'],
    ['{ origins: "*", maxAge: 2d }', '44 error invalid-extension #/maxAge'],
    ['{ origins: "*", maxAge: 1500ms }', '44 error invalid-extension #/maxAge'],
  ]
  for (const [value, expected] of cases) {
    const [place, pointer] = expected.split('#')
    assert.deepEqual(root(`x-postern: { cors: ${value} }`), [`api.yaml:3:${place}#/x-postern/cors${pointer}`], value)
  }
})

test('values of x-wso2-cors', () => {
  assert.deepEqual(root('x-wso2-cors: true'), ['api.yaml:3:14 error invalid-extension #/x-wso2-cors'])
  assert.deepEqual(root('x-wso2-cors: { accessControlAllowHeaders: [a] }'), ['api.yaml:3:14 error invalid-extension #/x-wso2-cors'])
  assert.deepEqual(root('x-wso2-cors: { access-control-allow-origins: [a] }'), [
    'api.yaml:3:47 error invalid-extension #/x-wso2-cors/access-control-allow-origins/0',
  ])
  assert.deepEqual(root('x-wso2-cors: { access_control_allow_origins: "*", accessControlMaxAge: 3 }'), [
    'api.yaml:3:51 error unknown-key #/x-wso2-cors/accessControlMaxAge',
  ])
  assert.deepEqual(root('x-wso2-cors: { corsConfigurationEnabled: false }'), [])
})

test('values of x-postern.upgrade', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['true', '29 error invalid-extension #'],
    ['two words', '29 error invalid-extension #'],
    ['h2c', '29 error invalid-extension #'],
    ['TLS/1.0', '29 error invalid-extension #'],
    ['{ idle: 5m }', '29 error invalid-extension #'],
    ['{ to: websocket, protocol: x }', '46 error unknown-key #/protocol'],
    ['{ to: websocket, idle: 5ms }', '52 error invalid-extension #/idle'],
    ['{ to: websocket, life: for ever }', '52 error invalid-extension #/life'],
    ['{ to: websocket, tokenProtocol: "a b" }', '61 error invalid-extension #/tokenProtocol'],
    ['{ to: websocket, maxFrame: 1B }', '56 error invalid-extension #/maxFrame'],
    ['{ to: websocket, limit: { per: 1s } }', '53 error invalid-extension #/limit'],
    ['{ to: websocket, limit: { frames: 5 } }', '53 error invalid-extension #/limit'],
    ['{ to: websocket, limit: { frames: 0, per: 1s } }', '63 error invalid-extension #/limit/frames'],
    ['{ to: websocket, perConsumer: 0 }', '59 error invalid-extension #/perConsumer'],
    ['{ to: chat/1, tokenProtocol: bearer }', '43 error invalid-extension #/tokenProtocol'],
    ['{ to: chat/1, maxFrame: 64KiB }', '43 error invalid-extension #/maxFrame'],
    ['{ to: chat/1, limit: { frames: 5, bytes: 1MB, per: 1s } }', '52 error unknown-key #/limit/frames'],
  ]
  const at = '#/paths/~1pets/get/x-postern/upgrade'
  for (const [value, place] of cases)
    assert.deepEqual(operation(`x-postern: { upgrade: ${value} }`), [`api.yaml:7:${place.replace('#', at)}`], value)
  assert.deepEqual(diagnose(apiWith('paths:\n  /pets:\n    post:\n      security: []\n      x-postern: { upgrade: websocket }\n')), [
    `api.yaml:7:29 error invalid-extension ${at.replace('get', 'post')}`,
  ])
  for (const value of [
    'websocket',
    'chat/1',
    '{ to: websocket, perConsumer: off }',
    '{ to: chat/1, perConsumer: 20 }',
    '{ to: websocket, idle: off, life: 1h, limit: { bytes: 1MB, per: 1s } }',
  ])
    assert.deepEqual(operation(`x-postern: { idle: off, upgrade: ${value} }`), [], value)
})

test('WebSocket by another name is not taken for another protocol', () => {
  const upgradeTo = (name: string) =>
    findings(apiWith(`paths:\n  /pets:\n    get:\n      security: []\n      x-postern: { upgrade: ${name} }\n`))
  const names = ['ws', 'wss', 'WS', 'websockets', 'web-socket', 'Web_Socket', 'web-sockets', 'websocket/13', 'webscoket', 'wbsocket']
  for (const name of names) {
    assert.deepEqual(
      upgradeTo(name).map(({ code, hint }) => [code, hint]),
      [['invalid-extension', 'Did you mean `websocket`?']],
      name,
    )
  }
  for (const name of ['websocket', 'WebSocket', 'chat/1', 'mqtt', 'socket', 'wsmux', 'stomp']) assert.deepEqual(upgradeTo(name), [], name)
})

test('values of WSO2’s extensions', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x-wso2-disable-security: nearly', '3:26 error invalid-extension #/x-wso2-disable-security'],
    ['x-wso2-throttling-tier: 5', '3:25 error invalid-extension #/x-wso2-throttling-tier'],
    ['x-wso2-auth-header: "Host"', '3:21 error invalid-extension #/x-wso2-auth-header'],
    ['x-wso2-auth-header: "X Key"', '3:21 error invalid-extension #/x-wso2-auth-header'],
    ['x-wso2-production-endpoints: {}', '3:30 error invalid-extension #/x-wso2-production-endpoints'],
    ['x-wso2-production-endpoints: { urls: [] }', '3:38 error invalid-extension #/x-wso2-production-endpoints/urls'],
    ['x-wso2-production-endpoints: http://a', '3:30 error invalid-extension #/x-wso2-production-endpoints'],
    ['x-wso2-endpoints: { a: { urls: [] } }', '3:19 error invalid-extension #/x-wso2-endpoints'],
    ['x-wso2-endpoints: [{ a: {}, b: {} }]', '3:20 error invalid-extension #/x-wso2-endpoints/0'],
    [
      'x-wso2-application-security: { security-types: [magic] }',
      '3:49 error invalid-extension #/x-wso2-application-security/security-types/0',
    ],
  ]
  for (const [line, place] of cases) assert.deepEqual(root(line), [`api.yaml:${place}`], line)
})

test('a level at which an extension has no meaning', () => {
  assert.deepEqual(root('x-postern: { public: true }'), ['api.yaml:3:14 error invalid-extension #/x-postern/public'])
  assert.deepEqual(root('x-scope: admin'), ['api.yaml:3:1 error invalid-extension #/x-scope'])
  assert.deepEqual(path('x-wso2-disable-security: true'), ['api.yaml:5:5 error invalid-extension #/paths/~1pets/x-wso2-disable-security'])
  assert.deepEqual(path('x-postern: { upgrade: websocket }'), ['api.yaml:5:18 error invalid-extension #/paths/~1pets/x-postern/upgrade'])
  assert.deepEqual(operation('x-wso2-cors: {}'), ['api.yaml:7:7 error invalid-extension #/paths/~1pets/get/x-wso2-cors'])
})

test('a place at which none of them has', () => {
  assert.deepEqual(root('components: { schemas: { A: { x-postern: {} } } }'), [
    'api.yaml:3:31 error invalid-extension #/components/schemas/A/x-postern',
  ])
  assert.deepEqual(operation('responses: { default: { x-wso2-cors: {} } }'), [
    'api.yaml:7:31 error invalid-extension #/paths/~1pets/get/responses/default/x-wso2-cors',
  ])
  assert.deepEqual(diagnose(apiWith('paths: { x-wso2-cors: {}, /pets: { get: { security: [] } } }\n')), [
    'api.yaml:3:10 error invalid-extension #/paths/x-wso2-cors',
  ])
})

test('those without a vendor’s name have no meaning elsewhere either', () => {
  const info = diagnose(apiWith('x-a: 1\npaths: { x-throttling-tier: Gold, /pets: { get: { security: [] } } }\n'))
  assert.deepEqual(info, ['api.yaml:4:10 error invalid-extension #/paths/x-throttling-tier'])
  assert.deepEqual(root('tags: [{ name: a, x_scope: admin }]'), ['api.yaml:3:19 error invalid-extension #/tags/0/x_scope'])
  assert.deepEqual(operation('responses: { x-wso2-throttling-tier: Gold, default: {} }'), [
    'api.yaml:7:20 error invalid-extension #/paths/~1pets/get/responses/x-wso2-throttling-tier',
  ])
  const files = apiWith('paths: { /pets: { get: { security: [] } } }\n')
  const api = String(files['api.yaml']).replace('version: 1.0.0 }', 'version: 1.0.0, x-throttling-tier: Gold }')
  assert.deepEqual(diagnose({ ...files, 'api.yaml': api }), ['api.yaml:2:40 error invalid-extension #/info/x-throttling-tier'])
})

test('a property or a header of such a name is somebody’s name', () => {
  assert.deepEqual(root('components: { schemas: { A: { properties: { x-scope: {} } } }, headers: { X-Scope: {} } }'), [])
})

test('a field with a meaning of its own carries no credential', () => {
  const fields = ['Accept', 'Accept-Language', 'Cookie', 'Content-Type', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Forwarded']
  for (const field of [...fields, 'X-Forwarded-For', 'X-Request-Id', 'Expect', 'TE', 'Upgrade', 'Via', 'Date', 'If-Match', 'Origin']) {
    assert.deepEqual(root(`x-wso2-auth-header: ${field}`), ['api.yaml:3:21 error invalid-extension #/x-wso2-auth-header'], field)
  }
  for (const field of ['Authorization', 'X-Api-Token', 'Identity', 'X-Accept']) assert.deepEqual(root(`x-wso2-auth-header: ${field}`), [])
})

test('other vendors’ extensions are left alone', () => {
  assert.deepEqual(root('x-amazon-apigateway-cors: 1\nx-patterns: 2\nX-Custom: 3'), [])
  assert.deepEqual(operation('x-codeSamples: []'), [])
})

test('transports are a list of http and https', () => {
  const places = { '[ws]': '3:21 #/0', '[http, ws]': '3:27 #/1', '[]': '3:20 #', http: '3:20 #', '[1]': '3:21 #/0' }
  for (const [value, place] of Object.entries(places)) {
    const [at, pointer] = place.split(' #')
    assert.deepEqual(root(`x-wso2-transports: ${value}`), [`api.yaml:${at} error invalid-extension #/x-wso2-transports${pointer}`], value)
  }
  assert.deepEqual(root('x-wso2-transports: [https, http]'), [])
})

test('`public` at the root is refused for its place alone', () => {
  assert.deepEqual(
    root('security: [{ token: [] }]\nx-postern: { public: true }').filter((each) => !each.includes('undefined-security-scheme')),
    ['api.yaml:4:14 error invalid-extension #/x-postern/public'],
  )
})
