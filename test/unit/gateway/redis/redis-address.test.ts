import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRedisUrl } from '../../../../src/gateway/redis/redis-address.ts'

test('host, port, user, password and database', () => {
  assert.deepEqual(parseRedisUrl('rediss://us%40r:p%3Ass@redis.example.com:7000/3'), {
    host: 'redis.example.com',
    port: 7000,
    secure: true,
    user: 'us@r',
    password: 'p:ss',
    database: 3,
    confidential: true,
  })
  assert.deepEqual(parseRedisUrl('redis://:secret@10.0.0.1'), {
    host: '10.0.0.1',
    port: 6379,
    secure: false,
    user: null,
    password: 'secret',
    database: 0,
    confidential: false,
  })
})

test('only this machine is reached in the clear without being said so', () => {
  for (const host of ['127.0.0.1', '127.8.0.1', '[::1]', 'localhost', 'a.localhost'])
    assert.equal(parseRedisUrl(`redis://${host}:1/`)?.confidential, true, host)
  for (const host of ['127.0.0.1.example.com', '10.0.0.1', '[::2]', 'redis', '127.example.com'])
    assert.equal(parseRedisUrl(`redis://${host}:1/`)?.confidential, false, host)
})

test('what is no such URL', () => {
  for (const text of [
    '',
    'redis',
    'http://a',
    'redis://',
    'redis:///0',
    'redis://a/b',
    'redis://a?x=1',
    'redis://a#x',
    'redis://%zz@a',
    'redis://a b',
  ])
    assert.equal(parseRedisUrl(text), null, text)
})
