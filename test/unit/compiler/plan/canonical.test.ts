import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJson, digestOf } from '../../../../src/compiler/plan/canonical.ts'

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

test('a digest is that of the UTF-8 bytes', () => {
  assert.equal(digestOf('é'), digestOf(Buffer.from([0xc3, 0xa9])))
  assert.equal(digestOf(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
