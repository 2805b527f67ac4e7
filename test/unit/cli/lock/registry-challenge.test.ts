import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readChallenges } from '../../../../src/cli/lock/registry-challenge.ts'

const read = (field: string): unknown =>
  Object.fromEntries([...readChallenges(field)].map(([scheme, each]) => [scheme, Object.fromEntries(each)]))

test('challenges are read by scheme', () => {
  assert.deepEqual(read('Bearer realm="https://auth.example.com/token",service="images",scope="repository:a/b:pull,push"'), {
    bearer: { realm: 'https://auth.example.com/token', service: 'images', scope: 'repository:a/b:pull,push' },
  })
  assert.deepEqual(read('Basic realm="a, b", BEARER Realm=https://auth.example.com , service=x'), {
    basic: { realm: 'a, b' },
    bearer: { realm: 'https://auth.example.com', service: 'x' },
  })
  assert.deepEqual(read('Bearer realm="first", realm="second", Bearer realm="third"'), { bearer: { realm: 'first' } })
  assert.deepEqual(read(''), {})
  assert.deepEqual(read('"'.repeat(100_000)), {})
  assert.deepEqual(read('a'.repeat(100_000)), {})
})
