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
