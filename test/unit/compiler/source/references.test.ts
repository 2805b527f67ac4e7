import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { follow } from '../../../../src/compiler/source/references.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { below, yaml } from './parsed.ts'

function following(text: string): { at: (key: string) => string | undefined; codes: () => readonly string[] } {
  const diagnostics = new Diagnostics()
  const sources = new Sources(tmpdir(), diagnostics)
  const { node } = yaml(text)
  return {
    at: (key) => follow(below(node, key), sources, diagnostics)?.at.pointer,
    codes: () => diagnostics.sorted.map(({ code, at }) => `${at.line} ${code}`),
  }
}

test('a chain of references is followed to its value; a value is its own', () => {
  const { at, codes } = following(`a: { $ref: '#/b' }\nb: { $ref: '#/list/1/x~1y' }\nlist: [0, { x/y: 7 }]\n`)
  assert.equal(at('a'), '#/list/1/x~1y')
  assert.equal(at('list'), '#/list')
  assert.deepEqual(codes(), [])
})

test('an index is digits without a leading zero, and inside the list', () => {
  const { at, codes } = following(`a: { $ref: '#/list/01' }\nb: { $ref: '#/list/2' }\nc: { $ref: '#/list/-' }\nlist: [0, 1]\n`)
  assert.deepEqual([at('a'), at('b'), at('c')], [undefined, undefined, undefined])
  assert.deepEqual(codes(), ['1 unresolved-ref', '2 unresolved-ref', '3 unresolved-ref'])
})

test('inherited names of JavaScript objects are nothing', () => {
  const { at, codes } = following(`a: { $ref: '#/constructor' }\nb: { $ref: '#/toString/name' }\n`)
  assert.deepEqual([at('a'), at('b')], [undefined, undefined])
  assert.deepEqual(codes(), ['1 unresolved-ref', '2 unresolved-ref'])
})

test('a chain that is as good as endless is taken for a cycle, and costs little', () => {
  const chain = Array.from({ length: 5000 }, (_, index) => `n${index}: { $ref: '#/n${index + 1}' }`)
  const { at, codes } = following(`${chain.join('\n')}\nn5000: 1\n`)
  assert.equal(at('n0'), undefined)
  assert.equal(at('n4990'), '#/n5000')
  assert.deepEqual(codes(), ['1 cyclic-ref'])
})
