import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { TokenCache } from '../../../../src/gateway/auth/token-cache.ts'
import { VerifiedToken } from '../../../../src/gateway/auth/verified-token.ts'

function verified(expiresAt = 1_000): VerifiedToken {
  return new VerifiedToken(0, expiresAt, new Uint32Array(0), 'production', null)
}

test('a token is found by its exact text', () => {
  const cache = new TokenCache({ entries: 10, bytes: 1_000_000 })
  const token = verified()
  cache.add('abc', token)
  assert.equal(cache.find('abc', 0), token)
  assert.equal(cache.find('abcd', 0), undefined)
  assert.equal(cache.find('ab', 0), undefined)
})

test('an expired token is handed out once more, for its refusal, and forgotten', () => {
  const cache = new TokenCache({ entries: 10, bytes: 1_000_000 })
  cache.add('abc', verified(1_000))
  assert.notEqual(cache.find('abc', 1_000), undefined)
  assert.equal(cache.find('abc', 1_000), undefined)
  assert.deepEqual([cache.entries, cache.bytes], [0, 0])
})

test('the number of entries is bounded', () => {
  const cache = new TokenCache({ entries: 3, bytes: 1_000_000 })
  for (let index = 0; index < 1_000; index++) cache.add(`token-${index}`, verified())
  assert.equal(cache.entries, 3)
})

test('the bytes are bounded, and a token larger than all of them is not kept', () => {
  const cache = new TokenCache({ entries: 1_000, bytes: 10_000 })
  for (let index = 0; index < 100; index++) {
    cache.add(`${index}`.padEnd(1_000, 'x'), verified())
    assert.ok(cache.bytes <= 10_000)
  }
  assert.equal(cache.entries, 6)
  cache.add('x'.repeat(20_000), verified())
  assert.equal(cache.find('x'.repeat(20_000), 0), undefined)
})

test('claims count among the bytes', () => {
  const cache = new TokenCache({ entries: 1_000, bytes: 10_000 })
  const claiming = () => new VerifiedToken(0, 1_000, new Uint32Array(0), 'production', null, null, { sub: 'alice' })
  for (let index = 0; index < 100; index++) {
    cache.add(`${index}`.padEnd(1_000, 'x'), claiming())
    assert.ok(cache.bytes <= 10_000)
  }
  assert.equal(cache.entries, 1)
  for (const text of ['98', '99']) cache.find(text.padEnd(1_000, 'x'), 1_000)
  assert.deepEqual([cache.entries, cache.bytes], [0, 0])
})

test('a token is dropped by its digest, for as long as it is there', () => {
  const cache = new TokenCache({ entries: 2, bytes: 1_000_000 })
  for (const name of ['a', 'b', 'c']) cache.add(name, verified(), 1, `digest of ${name}`)
  cache.drop('digest of a')
  cache.drop('digest of nothing')
  assert.equal(cache.entries, 2)
  cache.drop('digest of c')
  assert.equal(cache.find('c', 0), undefined)
  cache.add('c', verified(), 1, null)
  cache.drop('digest of c')
  assert.notEqual(cache.find('c', 0), undefined)
  cache.forget(() => true)
  assert.deepEqual([cache.entries, cache.bytes], [0, 0])
})

test('tokens in use outlive a flood of tokens that are used once', () => {
  const cache = new TokenCache({ entries: 10, bytes: 1_000_000 })
  for (let index = 0; index < 5; index++) cache.add(`used-${index}`, verified())
  for (let flood = 0; flood < 500; flood++) {
    cache.add(`flood-${flood}`, verified())
    for (let index = 0; index < 5; index++) assert.notEqual(cache.find(`used-${index}`, 0), undefined, `used-${index} after ${flood}`)
  }
})

test('the links hold through any order of additions, expiries and evictions', () => {
  const cache = new TokenCache({ entries: 8, bytes: 1_000_000 })
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % below
  }
  for (let step = 0; step < 20_000; step++) {
    const name = `t${random(30)}`
    if (random(3) === 0) cache.add(name, verified(step + random(40)))
    else cache.find(name, step)
    assert.ok(cache.entries <= 8)
  }
  for (let index = 0; index < 30; index++) cache.find(`t${index}`, Infinity)
  assert.deepEqual([cache.entries, cache.bytes], [0, 0])
})

test('a token that is kept does not keep the request head that it was cut from', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const cache = new TokenCache({ entries: 1_000, bytes: 10_000_000 })
  collect()
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 500; index++) {
    const head = Buffer.alloc(100_000, String(index).padStart(50, 't')).toString('latin1')
    cache.add(head.slice(0, 50), verified())
  }
  collect()
  assert.equal(cache.entries, 500)
  assert.ok(process.memoryUsage().heapUsed - before < 10_000_000, 'the heads take 50 MB')
})
