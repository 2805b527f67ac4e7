import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJson } from '../../../../src/compiler/plan/canonical.ts'

test('members are sorted by code unit at every depth, whatever order they were made in', () => {
  assert.equal(canonicalJson({ b: [{ z: 1, a: null }], a: true, Z: 'x' }), '{"Z":"x","a":true,"b":[{"a":null,"z":1}]}')
  assert.deepEqual(Object.keys(JSON.parse(canonicalJson({ '\u{1f600}': 1, '\ufb33': 2, é: 3 }))), ['é', '\u{1f600}', '\ufb33'])
})

test('a key named __proto__ is only a key', () => {
  assert.equal(canonicalJson(JSON.parse('{"__proto__":{"a":1},"b":2}')), '{"__proto__":{"a":1},"b":2}')
})

test('a number that JSON cannot hold is a bug of the caller', () => {
  assert.throws(() => canonicalJson({ a: Number.POSITIVE_INFINITY }), TypeError)
})
