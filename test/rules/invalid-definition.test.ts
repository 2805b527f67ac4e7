import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose, findings, projectWith, soundFiles } from './check-project.ts'

const operation = (lines: string): string => `paths:\n  /pets:\n    get:\n      ${lines}\n`

test('what is not of the kind that OpenAPI asks for', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['security: none', '6:17 error invalid-definition #/paths/~1pets/get/security'],
    ['security:', '6:16 error invalid-definition #/paths/~1pets/get/security'],
    ['security: [token]', '6:18 error invalid-definition #/paths/~1pets/get/security/0'],
    ['security: [{ token: admin }]', '6:27 error invalid-definition #/paths/~1pets/get/security/0/token'],
    ['security: [{ token: ["a b"] }]', '6:28 error invalid-definition #/paths/~1pets/get/security/0/token/0'],
  ]
  for (const [line, place] of cases) {
    const found = diagnose(apiWith(operation(line))).filter((each) => !each.includes('undefined-security-scheme'))
    assert.deepEqual(found, [`api.yaml:${place}`], line)
  }
})

test('parameters without a name or place, and lists that are none', () => {
  const found = diagnose(apiWith(operation('security: []\n      parameters: [{ name: id }, { in: path }, 7]\n      operationId: [x]')))
  assert.deepEqual(found, [
    'api.yaml:7:20 error invalid-definition #/paths/~1pets/get/parameters/0',
    'api.yaml:7:34 error invalid-definition #/paths/~1pets/get/parameters/1',
    'api.yaml:7:48 error invalid-definition #/paths/~1pets/get/parameters/2',
    'api.yaml:8:20 error invalid-definition #/paths/~1pets/get/operationId',
  ])
})

test('a definition without info, title, version or paths', () => {
  assert.deepEqual(diagnose(projectWith('', { 'api.yaml': 'openapi: 3.0.3\n' })), [
    'api.yaml:1:1 error invalid-definition #',
    'api.yaml:1:1 error invalid-definition #',
  ])
  assert.deepEqual(diagnose(projectWith('', { 'api.yaml': 'openapi: 3.1.0\ninfo: {}\n' })), [
    'api.yaml:2:7 error invalid-definition #/info',
    'api.yaml:2:7 error invalid-definition #/info',
  ])
})

test('a misspelt key that would have protected or routed something', () => {
  const root = findings(apiWith(`securty: [{ token: [] }]\n${operation('security: []')}`))
  assert.deepEqual(
    root.map(({ code, at, hint }) => [code, at.line, at.column, hint]),
    [['invalid-definition', 3, 1, 'Did you mean `security`?']],
  )
  assert.deepEqual(diagnose(apiWith(operation('security: []\n      Security: []'))), [
    'api.yaml:7:7 error invalid-definition #/paths/~1pets/get/Security',
  ])
  assert.deepEqual(diagnose(apiWith('paths:\n  /pets: { get: { security: [] }, POST: {} }\n')), [
    'api.yaml:4:35 error invalid-definition #/paths/~1pets/POST',
  ])
})

test('`security` where it would not apply: in a path item, or beside a $ref', () => {
  assert.deepEqual(diagnose(apiWith('paths:\n  /pets: { security: [{ token: [] }], get: { security: [] } }\n')), [
    'api.yaml:4:12 error invalid-definition #/paths/~1pets/security',
  ])
  const item = "{ $ref: 'pets.yaml', get: { security: [{ token: [] }] } }"
  assert.deepEqual(diagnose(apiWith(`paths:\n  /pets: ${item}\n`, { 'pets.yaml': 'get: { security: [] }\n' })), [
    'api.yaml:4:31 error invalid-definition #/paths/~1pets/get',
  ])
})

test('an operation behind a $ref, which OpenAPI does not know', () => {
  const found = diagnose(
    apiWith("paths:\n  /pets: { get: { $ref: 'get.yaml', security: [] } }\n", { 'get.yaml': 'security: [{ token: [] }]\n' }),
  )
  assert.deepEqual(found, ['api.yaml:4:17 error invalid-definition #/paths/~1pets/get'])
})

test('other unknown keys are left alone', () => {
  assert.deepEqual(diagnose(apiWith(`vendor: 1\n${operation('security: []\n      note: 2')}`)), [])
})

test('a server variable that is not declared, or whose default is none of its values', () => {
  const server = (variables: string): string =>
    `servers: [{ url: 'https://{host}/v1', variables: ${variables} }]\n${operation('security: []')}`
  assert.deepEqual(diagnose(apiWith(server('{}'))), ['api.yaml:3:18 error invalid-definition #/servers/0/url'])
  assert.deepEqual(diagnose(apiWith(server('{ host: { default: a, enum: [b] } }'))), [
    'api.yaml:3:58 error invalid-definition #/servers/0/variables/host',
  ])
  assert.deepEqual(diagnose(apiWith(server('{ host: { enum: [b] } }'))), [
    'api.yaml:3:58 error invalid-definition #/servers/0/variables/host',
  ])
})

test('a host of Swagger 2.0 that is more or less than a host', () => {
  const found = (host: string): readonly string[] =>
    diagnose({
      'postern.yaml': 'name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n',
      'api.yaml': `swagger: '2.0'\ninfo: { title: Sample, version: 1.0.0 }\nhost: '${host}'\npaths: { /pets: { get: { security: [] } } }\n`,
    })
  for (const host of [
    'http://api.example.com',
    'api.example.com/x',
    'api.example.com:',
    'api.example.com:http',
    'a b',
    'u@a',
    '{h}',
    'a?b',
  ]) {
    assert.deepEqual(found(host), ['api.yaml:3:7 error invalid-definition #/host'], host)
  }
  for (const host of ['api.example.com', 'api.example.com:8443', '[::1]:8443', '${HOST}', '${HOST}:${PORT:-8443}', 'my_service']) {
    assert.deepEqual(found(host), [], host)
  }
})

test('keys of the other kind of definition', () => {
  const openapi = 'host: a.example\nbasePath: /v1\nschemes: [https]\nsecurityDefinitions: {}\npaths: { /pets: { get: { security: [] } } }\n'
  assert.deepEqual(diagnose(apiWith(openapi)), [
    'api.yaml:3:1 error invalid-definition #/host',
    'api.yaml:4:1 error invalid-definition #/basePath',
    'api.yaml:5:1 error invalid-definition #/schemes',
    'api.yaml:6:1 error invalid-definition #/securityDefinitions',
  ])
  const swagger =
    "swagger: '2.0'\ninfo: { title: Sample, version: 1.0.0 }\nservers: []\ncomponents: {}\npaths: { /pets: { get: { security: [] } } }\n"
  assert.deepEqual(diagnose(projectWith('', { 'api.yaml': swagger })), [
    'api.yaml:3:1 error invalid-definition #/servers',
    'api.yaml:4:1 error invalid-definition #/components',
  ])
})

test('the message about a choice shows what was chosen, as far as it can be shown', () => {
  const message = (text: string): string | undefined =>
    findings(
      projectWith('', {
        'postern.yaml': `name: sample\nversion: 1.0.0\nerrors: ${text}\napis: [{ definition: api.yaml, backend: "http://127.0.0.1:9000" }]\n`,
      }),
    )[0]?.message
  assert.equal(message('probelm'), '`errors` must be one of `problem`, `wso2`, and is `probelm`')
  assert.equal(message('"a\\u001b[31m\\u202e"'), '`errors` must be one of `problem`, `wso2`, and is `a\\u{1b}[31m\\u{202e}`')
  assert.equal(message('x'.repeat(200)), `\`errors\` must be one of \`problem\`, \`wso2\`, and is \`${'x'.repeat(39)}…\``)
  assert.equal(message('[]'), '`errors` must be one of `problem`, `wso2`, and is a list')
})

test('`security` of a path item in another spelling', () => {
  assert.deepEqual(diagnose(apiWith('paths:\n  /pets: { get: { security: [] }, Security: [] }\n')), [
    'api.yaml:4:35 error invalid-definition #/paths/~1pets/Security',
  ])
})

test('paths with over 4,000,000 characters together, where operations of one path count each', () => {
  const found = (count: number): readonly string[] => {
    const item = { get: { security: [] }, put: { security: [] } }
    const paths = Object.fromEntries(Array.from({ length: count }, (_, index) => [`/${'a'.repeat(3990)}${index}`, item]))
    const api = JSON.stringify({ openapi: '3.0.3', info: { title: 'A', version: '1' }, paths })
    const project = soundFiles['postern.yaml'].replace('api.yaml', 'api.json')
    return diagnose({ 'postern.yaml': project, 'api.json': api })
  }
  assert.deepEqual(found(500), [])
  assert.deepEqual(found(510), ['api.json:1:63 error invalid-definition #/paths'])
})
