import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { hashWords, KeyedHash } from '../../../src/gateway/keyed-hash.ts'

const seed = Buffer.alloc(32, 7)

test('all forms are of one SHA-256 over the seed, in hex, and the text', () => {
  const hash = new KeyedHash(seed)
  const digest = createHash('sha256')
    .update(`${seed.toString('hex')}some text`)
    .digest()
  assert.equal(hash.text('some text'), digest.toString('base64url'))
  assert.deepEqual(hash.of('some text'), { low: digest.readInt32LE(0), high: digest.readInt32LE(4) })
  assert.deepEqual(
    hash.words('some text'),
    Int32Array.from({ length: hashWords }, (_, word) => digest.readInt32LE(word * 4)),
  )
})

test('another seed, or another text, gives another hash', () => {
  const hash = new KeyedHash(seed)
  assert.notEqual(hash.text('a'), new KeyedHash(Buffer.alloc(32, 8)).text('a'))
  assert.notEqual(hash.text('a'), hash.text('b'))
})
