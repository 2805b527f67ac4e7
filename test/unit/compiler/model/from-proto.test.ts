import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { check } from '../../../../src/compiler/check/check.ts'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import type { Project } from '../../../../src/compiler/model/model.ts'
import { normalise } from '../../../../src/compiler/model/normalise.ts'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { ellipticKeys } from '../../../rules/issuer-files.ts'

const sound = `syntax = "proto3";
package shop;
service Orders {
  rpc Get(GetRequest) returns (Order);
  rpc Watch(GetRequest) returns (stream Order);
  rpc Add(stream Order) returns (Order);
  rpc Sync(stream Order) returns (stream Order);
}
`

const options = `import "wso2_options.proto";
service Orders {
  option (wso2.production_endpoints) = { url: "http://127.0.0.1:9000"; };
  option (wso2.security) = JWT;
  rpc Get(GetRequest) returns (Order) { option (wso2.method_scopes) = "read, list"; }
  rpc Put(GetRequest) returns (Order);
}
`

type Files = Readonly<Record<string, string>>

type Reading = { readonly found: readonly string[]; readonly hints: readonly string[]; readonly project: Project | null }

/** `lines` go into the API's entry in postern.yaml, from line 5 on. */
function read(lines: string, files: Files, links: Files = {}): Reading {
  const folder = mkdtempSync(join(tmpdir(), 'postern-proto-'))
  try {
    const issuers = 'issuers: [{ issuer: "https://idp.example.com", audiences: any, keys: keys.pem }]\n'
    const postern = `name: sample\nversion: 1.0.0\napis:\n  - definition: shop.proto\n${lines}${issuers}`
    const all = { 'keys.pem': ellipticKeys.publicKey, 'postern.yaml': postern, 'shop.proto': sound, ...files }
    for (const [name, content] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name))
    const diagnostics = new Diagnostics()
    const project = normalise(new Sources(folder, diagnostics), diagnostics)
    if (project !== null) check(project, diagnostics, new Date('2026-06-15'))
    const { sorted } = diagnostics
    return {
      found: sorted.map(({ at, code }) => `${at.file}:${at.line}:${at.column} ${code} ${at.pointer}`),
      hints: sorted.map(({ hint }) => hint),
      project,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function withPolicy(policy: string, proto = sound): Reading {
  return read('    policy: shop.policy.yaml\n', { 'shop.policy.yaml': policy, 'shop.proto': proto })
}

function operation({ project, found }: Reading, name: string): Operation {
  const operations = project?.apis[0]?.operations.filter(({ operationId }) => operationId === name) ?? []
  assert.ok(operations[0], `${name}: ${found.join()}`)
  return operations[0]
}

/** The scopes of each alternative; `public`. */
function asked({ security }: Operation): unknown {
  if (security.kind !== 'required') return security.kind
  return security.requirements.map(({ schemes }) =>
    schemes.map(({ name, scopes }) => [name, ...scopes.map(({ value }) => value)].join(' ')).join('+'),
  )
}

test('each method is a POST operation with literal segments and its own name', () => {
  const result = read('    backend: http://127.0.0.1:9000\n    security: token\n', {})
  assert.deepEqual(result.found, [])
  const [api] = result.project?.apis ?? []
  assert.deepEqual([api?.title, api?.version, api?.basePath.value], ['shop', '1.0.0', ''])
  const { method, template, path, at, production } = operation(result, 'shop.Orders/Get')
  assert.deepEqual([method, template], ['POST', '/shop.Orders/Get'])
  assert.deepEqual(path, [
    { kind: 'literal', text: 'shop.Orders' },
    { kind: 'literal', text: 'Get' },
  ])
  assert.deepEqual(at, { file: 'shop.proto', line: 4, column: 7, pointer: '#/shop.Orders/Get' })
  assert.equal(production?.value.http, '2')
})

test('comments and strings that look like services are none', () => {
  const proto = `// service A { rpc B(C) returns (D); }
/* service A { */ package shop.v2;
option x = "service A { rpc B(C) returns (D); }";
message service { string rpc = 1; }
service Real { rpc Call(C) returns (D) { option (google.api.http) = { post: "/v1/{name=a/*}" body: "*" }; }; }
`
  const result = read('    backend: http://127.0.0.1:9000\n    security: public\n', { 'shop.proto': proto })
  assert.deepEqual(result.found, [])
  assert.deepEqual(
    result.project?.apis.map(({ title, version, operations }) => [title, version, operations.map(({ template }) => template)]),
    [['shop.v2', 'v2', ['/shop.v2.Real/Call']]],
  )
})

test('a method that nothing is said about is an error at its name', () => {
  const { found, hints } = read('    backend: http://127.0.0.1:9000\n', {})
  assert.deepEqual(found, [
    'shop.proto:4:7 unsecured-operation #/shop.Orders/Get',
    'shop.proto:5:7 unsecured-operation #/shop.Orders/Watch',
    'shop.proto:6:7 unsecured-operation #/shop.Orders/Add',
    'shop.proto:7:7 unsecured-operation #/shop.Orders/Sync',
  ])
  assert.match(hints[0] ?? '', /^Say `security: token` or `security: public` in the policy file \(`apis\[\]\.policy`\)/)
})

test('the policy file says what holds for all, for a service and for a method; the nearer one wins', () => {
  const result = withPolicy(`title: Shop
version: 2
security: token
scopes: [orders]
backend: http://127.0.0.1:9000
timeout: 20s
services:
  shop.Orders:
    maxBody: 1KiB
    methods:
      Get: { security: public }
      Watch: { scopes: [read, list], timeout: 1h }
      Sync: { scopes: [], backend: { url: "http://127.0.0.1:9001" } }
`)
  assert.deepEqual(result.found, [])
  const of = (name: string): Operation => operation(result, `shop.Orders/${name}`)
  assert.deepEqual([result.project?.apis[0]?.title, result.project?.apis[0]?.version], ['Shop', '2'])
  assert.deepEqual(asked(of('Get')), 'public')
  assert.deepEqual(asked(of('Watch')), ['token read list'])
  assert.deepEqual(asked(of('Add')), ['token orders'])
  assert.deepEqual(asked(of('Sync')), ['token'])
  assert.deepEqual([of('Watch').exchangeTimeout.value, of('Add').exchangeTimeout.value], [3_600_000, 20_000])
  assert.equal(of('Add').maxBody.value, 1024)
  assert.deepEqual([of('Sync').production?.value.url, of('Sync').production?.value.http], [['http://127.0.0.1:9001'], '2'])
  assert.deepEqual(of('Watch').security.at, {
    file: 'shop.policy.yaml',
    line: 12,
    column: 24,
    pointer: '#/services/shop.Orders/methods/Watch/scopes',
  })
})

test('the policy file says whose tokens will do, and the nearer one wins', () => {
  const policy =
    'security: token\nissuers: [https://idp.example.com]\nservices:\n  Orders: { methods: { Watch: { issuers: [elsewhere] } } }\n'
  const result = withPolicy(`${policy}backend: http://127.0.0.1:9000\n`)
  assert.deepEqual(result.found, ['shop.policy.yaml:4:43 unknown-issuer #/services/Orders/methods/Watch/issuers/0'])
  const issuers = (name: string): unknown => operation(result, `shop.Orders/${name}`).issuers?.value.map(({ value }) => value)
  assert.deepEqual([issuers('Watch'), issuers('Add')], [['elsewhere'], ['https://idp.example.com']])
})

test('the policy file says what holds when revocations are out of date', () => {
  const policy =
    'security: token\nonStale: { after: 30s }\nservices:\n  Orders: { methods: { Watch: { onStale: { action: allow } } } }\nbackend: http://127.0.0.1:9000\n'
  const result = withPolicy(policy)
  assert.deepEqual(result.found, [
    'shop.policy.yaml:2:10 stale-rule-useless #/onStale',
    'shop.policy.yaml:4:42 stale-rule-useless #/services/Orders/methods/Watch/onStale',
  ])
  const onStale = (name: string): unknown => operation(result, `shop.Orders/${name}`).onStale?.value
  assert.deepEqual(onStale('Watch'), { after: null, action: 'allow' })
  assert.deepEqual(onStale('Add'), { after: 30_000, action: null })
})

test('streams have none of the defaults that would end them; what is written holds', () => {
  const lines = '    backend: http://127.0.0.1:9000\n    security: public\n'
  const plain = read(lines, {})
  const bounds = (result: Reading, name: string): readonly unknown[] => {
    const { maxBody, answerTimeout } = operation(result, `shop.Orders/${name}`)
    return [maxBody.value, answerTimeout.value]
  }
  assert.deepEqual(bounds(plain, 'Get'), [10_485_760, 60_000])
  assert.deepEqual(bounds(plain, 'Watch'), [10_485_760, 86_400_000])
  assert.deepEqual(bounds(plain, 'Add'), [Number.MAX_SAFE_INTEGER, 86_400_000])
  const written = read(`${lines}limits: { maxBody: 1MiB }\ntimeouts: { answer: 5s }\n`, {})
  assert.deepEqual(bounds(written, 'Sync'), [1_048_576, 5000])
})

test('a service or method that the .proto file does not have is an error with the nearest name', () => {
  const result = withPolicy(`security: token
backend: http://127.0.0.1:9000
services:
  Order: {}
  Orders:
    methods:
      get: { security: public }
      Nothing: {}
    metods: {}
    public: true
`)
  assert.deepEqual(result.found, [
    'shop.policy.yaml:4:3 unknown-key #/services/Order',
    'shop.policy.yaml:7:7 unknown-key #/services/Orders/methods/get',
    'shop.policy.yaml:8:7 unknown-key #/services/Orders/methods/Nothing',
    'shop.policy.yaml:9:5 unknown-key #/services/Orders/metods',
    'shop.policy.yaml:10:5 unknown-key #/services/Orders/public',
  ])
  assert.deepEqual(result.hints.slice(0, 4), [
    'Did you mean `Orders`?',
    'Did you mean `Get`?',
    'Its methods: Get, Watch, Add, Sync.',
    'Did you mean `methods`?',
  ])
})

test('what cannot be read in a policy file is reported at its place', () => {
  for (const [policy, finding] of [
    ['security: open', '2:11 invalid-extension #/security'],
    ['security: public\nscopes: [a]', '3:9 conflicting-extensions #/scopes'],
    ['security: token\nscopes: [a b]', '3:10 invalid-definition #/scopes/0'],
    ['security: token\nscopes: a', '3:9 invalid-extension #/scopes'],
    ['security: token\ntimeout: 5', '3:10 invalid-extension #/timeout'],
    ['security: token\nthrottle: Gold', '3:11 unknown-tier #/throttle'],
    ['security: token\nsandboxBackend: { url: "http://127.0.0.1:1", http: 1.1 }', '3:52 invalid-backend #/sandboxBackend/http'],
    ['security: token\nservices: { Orders: {}, shop.Orders: {} }', '3:38 invalid-extension #/services/shop.Orders'],
  ] as const) {
    assert.deepEqual(withPolicy(`backend: http://127.0.0.1:9000\n${policy}\n`).found, [`shop.policy.yaml:${finding}`], policy)
  }
})

test('a gRPC API has no base path and needs HTTP/2; other definitions have no policy file', () => {
  const { found } = read('    basePath: /v1\n    security: token\n    backend: { url: "http://127.0.0.1:9000", http: 1.1 }\n', {})
  assert.deepEqual(found, [
    'postern.yaml:5:15 invalid-project #/apis/0/basePath',
    'postern.yaml:7:52 invalid-backend #/apis/0/backend/http',
  ])
  const openapi = 'openapi: 3.1.0\ninfo: { title: A, version: 1.0.0 }\npaths: { /a: { get: { security: [] } } }\n'
  const other =
    '    security: token\n    backend: http://127.0.0.1:9000\n  - { definition: api.yaml, policy: shop.policy.yaml, backend: "http://127.0.0.1:1" }\n'
  assert.deepEqual(read(other, { 'api.yaml': openapi }).found, ['postern.yaml:7:37 invalid-project #/apis/1/policy'])
})

test('the options of WSO2 say the same as a policy file', () => {
  const result = read('', { 'shop.proto': options })
  assert.deepEqual(result.found, [])
  assert.deepEqual(asked(operation(result, 'Orders/Get')), ['token read list'])
  assert.deepEqual(asked(operation(result, 'Orders/Put')), ['token'])
  const { value, at } = operation(result, 'Orders/Put').production ?? {}
  assert.deepEqual([value?.url, value?.http, at?.line], [['http://127.0.0.1:9000'], '2', 3])
})

test('where option and policy file say the same thing at one level, they must agree', () => {
  const agreeing =
    'services: { Orders: { security: token, backend: "http://127.0.0.1:9000", methods: { Get: { scopes: [list, read] } } } }\n'
  assert.deepEqual(withPolicy(agreeing, options).found, [])
  const complementary = 'services: { Orders: { scopes: [all], methods: { Put: { security: token } } } }\n'
  const joined = withPolicy(complementary, options)
  assert.deepEqual(joined.found, [])
  assert.deepEqual(asked(operation(joined, 'Orders/Put')), ['token all'])
  const other = 'services: { Orders: { security: public, backend: "http://127.0.0.1:9001", methods: { Get: { scopes: [read] } } } }\n'
  assert.deepEqual(withPolicy(other, options).found, [
    'shop.proto:3:3 conflicting-extensions #/Orders',
    'shop.proto:4:3 conflicting-extensions #/Orders',
    'shop.proto:5:41 conflicting-extensions #/Orders/Get',
  ])
})

test('options of WSO2 that are misspelt, misplaced or cannot be enforced', () => {
  const service = (option: string, inMethod = ''): string =>
    `service S {\n  option (wso2.security) = JWT;\n  ${option}\n  rpc A(B) returns (C) { ${inMethod} }\n}\n`
  const found = (proto: string): readonly string[] => read('    backend: http://127.0.0.1:9000\n', { 'shop.proto': proto }).found
  for (const [option, finding] of [
    ['option (wso2.throtling_tier) = "Gold";', '3:3 unknown-key #/S'],
    ['option (wso2.method_scopes) = "a";', '3:3 unknown-key #/S'],
    ['option (wso2.throttling_tier) = Gold;', '3:3 invalid-extension #/S'],
    ['option (wso2.throttling_tier) = "Gold";', '3:3 unknown-tier #/S'],
    ['option (wso2.production_endpoints) = { uri: "http://a" };', '3:3 invalid-extension #/S'],
    ['option (wso2.production_endpoints) = { url: ["http://a", "http://b"] };', '3:3 not-supported-yet #/S'],
    ['option (wso2.security) = SOMETHING;', '3:3 invalid-extension #/S'],
    ['option (wso2.security) = NONE;', '2:3 conflicting-extensions #/S'],
    ['option (other.security) = NONE; option deprecated = true;', ''],
  ] as const) {
    assert.deepEqual(found(service(option)), finding === '' ? [] : [`shop.proto:${finding}`], option)
  }
  assert.deepEqual(found(service('', 'option (wso2.security) = NONE;')), ['shop.proto:4:26 unknown-key #/S/A'])
})

test('every import leads to a file of the project, beside the definition or above it', () => {
  const lines = '    backend: http://127.0.0.1:9000\n    security: public\n'
  const found = (text: string, files: Files = {}, links: Files = {}): readonly string[] =>
    read(lines, { 'shop.proto': `${text}\n${sound.slice(sound.indexOf('package'))}`, ...files }, links).found
  assert.deepEqual(
    found('import "google/protobuf/any.proto"; import "a/b.proto";', { 'a/b.proto': 'import public "c.proto";', 'c.proto': '' }),
    [],
  )
  assert.deepEqual(found('import "none.proto";'), ['shop.proto:1:8 unresolved-ref #'])
  assert.deepEqual(found('import "google/api/annotations.proto";'), ['shop.proto:1:8 unresolved-ref #'])
  assert.deepEqual(found('import "../out.proto";'), ['shop.proto:1:8 outside-project #'])
  assert.deepEqual(found('import "/etc/hosts";'), ['shop.proto:1:8 outside-project #'])
  assert.deepEqual(found('import "link.proto";', {}, { 'link.proto': '/etc/hosts' }), ['shop.proto:1:8 outside-project #'])
  assert.deepEqual(found('import "shop.proto";'), ['shop.proto:1:8 cyclic-ref #'])
  assert.deepEqual(found('import "a.proto";', { 'a.proto': 'import "b.proto";', 'b.proto': '\nimport "a.proto";' }), [
    'b.proto:2:8 cyclic-ref #',
  ])
  assert.deepEqual(found('import "a.proto";', { 'a.proto': '{' }), ['a.proto:1:1 malformed-proto #'])
})
