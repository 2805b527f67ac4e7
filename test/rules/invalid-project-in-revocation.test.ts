import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

function revocation(text: string): readonly string[] {
  return diagnose(projectWith(`revocation: ${text}\n`))
}

test('feeds of two kinds', () => {
  assert.deepEqual(
    revocation(
      '{ feeds: [{ type: etcd, endpoints: ["${A}", "https://etcd.internal:2379"], prefix: / }, { type: list, url: "${B}", every: 60s }] }',
    ),
    [],
  )
  assert.deepEqual(
    revocation('{ feeds: [{ type: list, url: "http://127.0.0.1:1/", username: me, password: "${P}" }], onStale: { action: allow } }'),
    [],
  )
})

test('a revocation that says nothing', () => {
  assert.deepEqual(revocation('{}'), ['postern.yaml:6:13 error invalid-project #/revocation'])
  assert.deepEqual(revocation('{ feeds: [] }'), ['postern.yaml:6:22 error invalid-project #/revocation/feeds'])
  assert.deepEqual(revocation('{ feeds: [{ type: list }, { type: etcd, endpoints: [] }, { url: a }] }'), [
    'postern.yaml:6:23 error invalid-project #/revocation/feeds/0',
    'postern.yaml:6:64 error invalid-project #/revocation/feeds/1/endpoints',
    'postern.yaml:6:70 error invalid-project #/revocation/feeds/2',
  ])
})

test('feeds that deny callers, and none that could', () => {
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "${A}", every: 60s }], deny: true }'), [])
  assert.deepEqual(revocation('{ snapshot: a.yaml, deny: true }').slice(1), ['postern.yaml:6:39 error invalid-project #/revocation/deny'])
})

test('addresses that are none, or that others could listen to', () => {
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "http://lists.internal/" }, { type: list, url: lists } ] }'), [
    'postern.yaml:6:42 error invalid-project #/revocation/feeds/0/url',
    'postern.yaml:6:89 error invalid-project #/revocation/feeds/1/url',
  ])
})

test('a stream of Redis', () => {
  assert.deepEqual(
    revocation(
      '{ feeds: [{ type: redis, url: "${A}", stream: "a:b", username: me, password: "${P}" }, { type: redis, url: "rediss://redis" }] }',
    ),
    [],
  )
  assert.deepEqual(
    revocation('{ feeds: [{ type: redis }, { type: redis, url: "redis://redis.internal" }, { type: redis, url: "${A}", stream: "a b" }] }'),
    [
      'postern.yaml:6:23 error invalid-project #/revocation/feeds/0',
      'postern.yaml:6:60 error invalid-project #/revocation/feeds/1/url',
      'postern.yaml:6:124 error invalid-project #/revocation/feeds/2/stream',
    ],
  )
})

test('a topic', () => {
  const list = '{ type: list, url: "${L}" }'
  const amqp = (keys: string): readonly string[] => revocation(`{ feeds: [${list}, { type: amqp, ${keys} }] }`)
  assert.deepEqual(amqp('url: "${A}"'), [])
  assert.deepEqual(amqp('url: "amqps://mq.internal/carbon", exchange: e, topic: a.b, keep: 1d, username: me, password: "${P}"'), [])
  assert.deepEqual(amqp('url: "amqp://${HOST:-localhost}:5672"'), [])
  assert.deepEqual(amqp('url: "amqp://127.0.0.1:5672/%2F"'), [])
  const refused = (key: string): string => `postern.yaml:6:71 error invalid-project #/revocation/feeds/1/${key}`
  assert.deepEqual(amqp('url: "amqp://mq.internal"'), [refused('url')])
  assert.deepEqual(amqp('url: "amqp://me:${P}@mq.internal"'), [refused('url')])
  assert.deepEqual(amqp('url: "https://mq.internal"'), [refused('url')])
  assert.deepEqual(amqp('topic: "a.*", url: "${A}"'), [refused('topic').replace('71', '73')])
  assert.deepEqual(amqp('exchange: "", url: "${A}"').length, 1)
  assert.deepEqual(amqp('keep: 1s, url: "${A}"').length, 1)
  assert.deepEqual(amqp('topic: a').length, 1)
  assert.deepEqual(amqp('url: "${A:-amqp://me:hunter2@127.0.0.1}"'), [refused('url').replace('invalid-project', 'secret-in-file')])
})

test('a topic over AMQP 1.0', () => {
  const list = '{ type: list, url: "${L}" }'
  const amqp = (keys: string): readonly string[] => revocation(`{ feeds: [${list}, { type: amqp10, ${keys} }] }`)
  assert.deepEqual(amqp('url: "${A}", topic: "topic://tokenRevocation", keep: 1d, username: me, password: "${P}"'), [])
  assert.deepEqual(amqp('url: "amqps://mq.internal/carbon", topic: "revoked/Subscriptions/${REPLICA}"'), [])
  assert.equal(amqp('url: "amqp://mq.internal", topic: a').length, 1)
  assert.equal(amqp('url: "${A}"').length, 1, 'there is no name that would be right for all brokers')
  assert.equal(amqp('url: "${A}", topic: "a b"').length, 1)
  assert.equal(amqp('url: "${A}", topic: ""').length, 1)
  assert.equal(amqp('url: "${A}", topic: a, exchange: b').length, 1)
})

test('a login that is half there, or baked', () => {
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "https://a/", username: me }] }'), [
    'postern.yaml:6:23 error invalid-project #/revocation/feeds/0',
  ])
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "https://a/", username: me, password: hunter2 }] }'), [
    'postern.yaml:6:80 error secret-in-file #/revocation/feeds/0/password',
  ])
})

test('a list that is asked for too seldom for what counts as stale', () => {
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "https://a/", every: 1m }], onStale: { after: 90s } }'), [
    'postern.yaml:6:79 error invalid-project #/revocation/onStale',
  ])
  assert.deepEqual(revocation('{ feeds: [{ type: list, url: "https://a/", every: 5m }] }'), [
    'postern.yaml:6:13 error invalid-project #/revocation',
  ])
})

test('a folder for what feeds say is an absolute path, perhaps a setting, and there are feeds', () => {
  const feeds = 'feeds: [{ type: list, url: "https://a/" }]'
  for (const path of ['"${DIR:-}"', '"${DIR}/postern"', '/var/lib/postern'])
    assert.deepEqual(revocation(`{ persist: ${path}, ${feeds} }`), [], path)
  for (const path of ['state', '""', './state']) {
    assert.deepEqual(revocation(`{ persist: ${path}, ${feeds} }`), ['postern.yaml:6:24 error invalid-project #/revocation/persist'], path)
  }
  assert.deepEqual(revocation('{ persist: "${DIR:-}", snapshot: revoked.yaml }'), [
    'postern.yaml:6:24 error invalid-project #/revocation/persist',
    'postern.yaml:6:46 error unreadable-file #/revocation/snapshot',
  ])
})
