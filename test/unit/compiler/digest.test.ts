import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../src/compiler/digest.ts'

test('a digest is that of the UTF-8 bytes', () => {
  assert.equal(digestOf('é'), digestOf(Buffer.from([0xc3, 0xa9])))
  assert.equal(digestOf(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
