import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles } from './check-project.ts'

const project = `name: sample
version: 1.0.0
apis:
  - definition: shop.proto
    backend: http://127.0.0.1:9000
    security: public
`

function proto(text: string): ProjectFiles {
  return { 'postern.yaml': project, 'shop.proto': text }
}

test('text that is no .proto file is reported where it ends to be one', () => {
  for (const [text, finding] of [
    ['syntax = "proto3";\nservice Shop {\n  rpc Get(A) returns (B)\n}', 'shop.proto:4:1 error malformed-proto #'],
    ['service Shop {\n  get Get(A) returns (B);\n}', 'shop.proto:2:3 error malformed-proto #'],
    ['service Shop {', 'shop.proto:1:14 error malformed-proto #'],
    ['service Shop {}}', 'shop.proto:1:16 error malformed-proto #'],
    ['service Shop', 'shop.proto:1:13 error malformed-proto #'],
    ['service Shop {} /* no end', 'shop.proto:1:17 error malformed-proto #'],
    ['option a = "no end;\nservice Shop {}', 'shop.proto:1:12 error malformed-proto #'],
    ['option a = 1\nservice Shop {}', 'shop.proto:2:16 error malformed-proto #'],
    ['syntax = "proto9";', 'shop.proto:1:10 error malformed-proto #'],
    ['package a; package b;', 'shop.proto:1:12 error malformed-proto #'],
    ['service 1Shop {}', 'shop.proto:1:9 error malformed-proto #'],
    ['import shop;', 'shop.proto:1:8 error malformed-proto #'],
    ['{"openapi": "3.1.0"}', 'shop.proto:1:1 error malformed-proto #'],
    ['openapi: 3.1.0', 'shop.proto:1:1 error malformed-proto #'],
    ['service Shop {} \u0000', 'shop.proto:1:17 error malformed-proto #'],
  ] as const) {
    assert.deepEqual(diagnose(proto(text)), [finding], text)
  }
})

test('bytes that are not UTF-8 are reported with their line', () => {
  const files = { 'postern.yaml': project, 'shop.proto': Buffer.from('service\n\xff Shop {}', 'latin1') }
  assert.deepEqual(diagnose(files), ['shop.proto:2:1 error malformed-proto #'])
})

test('a service or a method that stands twice, and a name that no software can keep', () => {
  assert.deepEqual(diagnose(proto('service Shop {}\nservice Shop {}')), ['shop.proto:2:9 error duplicate-key #'])
  assert.deepEqual(diagnose(proto('service Shop { rpc A(B) returns (C);\nrpc A(B) returns (C); }')), [
    'shop.proto:2:5 error duplicate-key #',
  ])
  assert.deepEqual(diagnose(proto('service __proto__ {}')), ['shop.proto:1:9 error forbidden-key #'])
  assert.deepEqual(diagnose(proto('service Shop { rpc __proto__(B) returns (C); }')), ['shop.proto:1:20 error forbidden-key #'])
})

test('hostile files end in one finding, at once', () => {
  for (const [text, code] of [
    ['message A {'.repeat(50_000), 'too-deep'],
    [`option a = ${'{a:'.repeat(99_000)}`, 'too-deep'],
    [';'.repeat(1_000_001), 'file-too-large'],
    [`option a = "${'\\"'.repeat(3_000_000)}`, 'file-too-large'],
    [`service Shop {${'rpc A(B) returns (C);'.replace('A', 'A$')}`, 'malformed-proto'],
    [`service Shop {${Array.from({ length: 10_001 }, (_, index) => `rpc A${index}(B) returns (C);`).join('')}}`, 'file-too-large'],
    [`service ${'A'.repeat(257)} {}`, 'malformed-proto'],
    [`/*${'/*'.repeat(1_000_000)}`, 'malformed-proto'],
    ['"'.repeat(1_000_001), 'malformed-proto'],
  ] as const) {
    assert.deepEqual(
      findings(proto(text)).map((found) => found.code),
      [code],
      text.slice(0, 40),
    )
  }
})

test('what fits into the bounds is read in linear time, also where a library would take minutes', () => {
  const fields = Array.from({ length: 49_000 }, (_, index) => `optional int32 a${index} = ${index + 1};`).join('\n')
  const service = 'service Shop { rpc Get(M) returns (M); }'
  assert.deepEqual(diagnose(proto(`syntax = "proto3"; message M { ${fields} } ${service}`)), [])
  assert.deepEqual(diagnose(proto(`/*${'*'.repeat(10_000_000)}*/ ${service} //${' '.repeat(5_000_000)}`)), [])
})
