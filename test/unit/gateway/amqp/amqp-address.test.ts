import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amqpTarget, parseAmqpUrl } from '../../../../src/gateway/amqp/amqp-address.ts'

test('addresses of brokers', () => {
  const plain = { host: '127.0.0.1', port: 5672, secure: false, virtualHost: '', login: null, confidential: true }
  assert.deepEqual(parseAmqpUrl('amqp://127.0.0.1'), plain)
  assert.deepEqual(parseAmqpUrl('amqp://127.0.0.1:5673/'), { ...plain, port: 5673 })
  assert.deepEqual(parseAmqpUrl('AMQPS://Mq.internal/carbon'), {
    ...plain,
    host: 'mq.internal',
    port: 5671,
    secure: true,
    virtualHost: 'carbon',
  })
  assert.deepEqual(parseAmqpUrl('amqp://me:p%40ss@[::1]/%2F'), {
    ...plain,
    host: '::1',
    virtualHost: '%2F',
    login: { username: 'me', password: 'p@ss' },
  })
  assert.equal(parseAmqpUrl('amqp://mq.internal')?.confidential, false)
  for (const text of [
    '',
    'mq',
    'https://mq',
    'amqp://',
    'amqp:///v',
    'amqp://mq/a/b',
    'amqp://mq?x=1',
    'amqp://mq#x',
    'amqp://m q',
    'amqp://%@mq',
  ])
    assert.equal(parseAmqpUrl(text), null, text)
})

test('a login stands in the address or beside it, or is that of a new broker', () => {
  const target = (url: string, beside = false): unknown =>
    amqpTarget({ url: [url], login: beside ? { username: ['you'], password: [{ setting: 'P' }] } : null, authorities: [] }, values, 'x')
      .login
  const values = new Map([['P', 's3cret']])
  assert.deepEqual(target('amqp://127.0.0.1'), { username: 'guest', password: 'guest' })
  assert.deepEqual(target('amqp://me:pw@127.0.0.1'), { username: 'me', password: 'pw' })
  assert.deepEqual(target('amqp://127.0.0.1', true), { username: 'you', password: 's3cret' })
  assert.throws(() => target('amqp://me:pw@127.0.0.1', true), /another one beside it/)
})
