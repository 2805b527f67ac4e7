import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { reachableObjects } from '../../../../src/compiler/source/reachable-objects.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { yaml } from './parsed.ts'

function reached(text: string, examplesAreData = false): { pointers: readonly string[]; codes: readonly string[] } {
  const diagnostics = new Diagnostics()
  const { node } = yaml(text)
  assert.ok(node !== null)
  const objects = [...reachableObjects(node, examplesAreData, new Sources(tmpdir(), diagnostics), diagnostics)]
  return { pointers: objects.map(({ at }) => at.pointer).sort(), codes: diagnostics.sorted.map(({ code, at }) => `${at.pointer} ${code}`) }
}

test('every object of the definition is reached once, aliases and references or not', () => {
  const { pointers } = reached(`a: &a { items: { $ref: '#/a' } }\nb: *a\nproperties: { x: { type: string } }\n`)
  assert.deepEqual(pointers, ['#', '#/a', '#/a/items', '#/properties/x'])
})

test('data is not entered', () => {
  const { pointers } = reached('default: {}\nenum: [{}]\nx-a: {}\nexample: {}\nconst: {}\nexamples: [{}]\nitems: {}\n')
  assert.deepEqual(pointers, ['#', '#/items'])
})

test('what a reference points to is part of the definition, even inside data', () => {
  const { codes } = reached(`example: { pet: { $ref: '#/nowhere' } }\nitems: { $ref: '#/example/pet' }\n`)
  assert.deepEqual(codes, ['#/example/pet/$ref unresolved-ref'])
})

test('Example Objects may be references; those of Swagger are data', () => {
  const text = `examples: { a: { $ref: '#/nowhere' }, b: { value: { $ref: '#/nowhere' } } }\n`
  assert.deepEqual(reached(text).codes, ['#/examples/a/$ref unresolved-ref'])
  assert.deepEqual(reached(text, true).codes, [])
})
