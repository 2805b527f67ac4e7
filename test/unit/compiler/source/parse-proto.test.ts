import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import protobuf from 'protobufjs'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { parseProto } from '../../../../src/compiler/source/parse-proto.ts'
import type { ProtoFile } from '../../../../src/compiler/source/proto-file.ts'
import { SourceText } from '../../../../src/compiler/source/source-text.ts'
import { Random } from '../../../random.ts'

function parse(text: string): ProtoFile | null {
  return parseProto(new SourceText('a.proto', text), new Diagnostics())
}

/** Package, services and methods, as one text. */
function outline({ package: name, services }: ProtoFile): string {
  const methods = services.map((service) => [
    service.name,
    ...service.methods.map((method) => `${method.name} ${method.streams.client} ${method.streams.server}`).toSorted(),
  ])
  return JSON.stringify([name, methods.toSorted()])
}

/** The same, as the library reads it; null where it refuses the text. */
function outlineOfLibrary(text: string): string | null {
  try {
    const { package: name, root } = protobuf.parse(text)
    const namespace = name === undefined ? root : root.lookup(name)
    assert.ok(namespace instanceof protobuf.Namespace)
    const services = namespace.nestedArray.filter((nested) => nested instanceof protobuf.Service)
    const methods = services.map((service) => [
      service.name,
      ...service.methodsArray
        .map((method) => `${method.name} ${method.requestStream === true} ${method.responseStream === true}`)
        .toSorted(),
    ])
    return JSON.stringify([name ?? '', methods.toSorted()])
  } catch {
    return null
  }
}

test('public files have the services that protobufjs finds in them', () => {
  const modules = join(import.meta.dirname, '../../../../node_modules')
  const files = globSync('{protobufjs/google,@grpc}/**/*.proto', { cwd: modules })
  assert.ok(files.length > 15, String(files.length))
  let services = 0
  for (const file of files) {
    const text = readFileSync(join(modules, file), 'utf8')
    const parsed = parse(text)
    assert.ok(parsed !== null, file)
    assert.equal(outline(parsed), outlineOfLibrary(text), file)
    services += parsed.services.length
  }
  assert.ok(services >= 2, String(services))
})

const pieces = [
  'service S { rpc A(B) returns (C); }',
  'service T { rpc A(stream .x.B) returns (stream C) {} rpc D(E) returns (stream F) { option deprecated = true; } }',
  'message M { string service = 1; message N { int32 rpc = 1 [deprecated = true]; } }',
  'enum E { OPTION = 0; }',
  'option a = "service U { }";',
  "option (b).c = { d: 'rpc' e { f: [1, 2] } };",
  '// service V { }\n',
  '/* service W { */',
  'package p.q;',
  'syntax = "proto3";',
  'import public "x.proto";',
  '{',
  '}',
  ';',
  '"',
  "'",
  '(',
  '/*',
  'service',
  'rpc X(Y) returns (Z);',
  '=',
]

test('whatever text is taken, protobufjs finds the same in it', () => {
  const random = new Random(7)
  let taken = 0
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + random.below(5) }, () => pieces[random.below(pieces.length)]!).join(
      random.below(2) === 0 ? ' ' : '\n',
    )
    const parsed = parse(text)
    if (parsed === null) continue
    const other = outlineOfLibrary(text)
    // The library also knows which statements come first, and that one name cannot be two things.
    if (other === null) continue
    taken++
    assert.equal(outline(parsed), other, text)
  }
  assert.ok(taken > 1000, String(taken))
})

test('a file that is cut at any place ends in one finding, or in the services before the cut', () => {
  const text = `syntax = "proto3"; package p; /* c */ service S { option (a) = { b: "c" }; rpc A(stream B) returns (C) { option d = 1; } } // e`
  for (let length = 0; length <= text.length; length++) {
    const diagnostics = new Diagnostics()
    const parsed = parseProto(new SourceText('a.proto', text.slice(0, length)), diagnostics)
    assert.equal(diagnostics.sorted.length, parsed === null ? 1 : 0, text.slice(0, length))
  }
})
