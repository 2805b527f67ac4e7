import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

function feeds(text: string): readonly string[] {
  return diagnose(projectWith(`revocation: { feeds: [${text}] }\n`))
}

test('a topic alone', () => {
  assert.deepEqual(feeds('{ type: amqp, url: "${A}" }'), ['postern.yaml:6:23 error feed-cannot-replay #/revocation/feeds/0'])
  assert.deepEqual(feeds('{ type: amqp, url: "${A}" }, { type: amqp, url: "${B}" }'), [
    'postern.yaml:6:23 error feed-cannot-replay #/revocation/feeds/0',
    'postern.yaml:6:52 error feed-cannot-replay #/revocation/feeds/1',
  ])
})

test('two topics of different protocols', () => {
  const both = feeds('{ type: amqp, url: "${A}" }, { type: amqp10, url: "${B}", topic: t }')
  assert.equal(both.filter((each) => each.includes('feed-cannot-replay')).length, 2)
})

test('a topic beside something that has everything', () => {
  assert.deepEqual(feeds('{ type: amqp, url: "${A}" }, { type: list, url: "${B}" }'), [])
  assert.deepEqual(feeds('{ type: etcd, endpoints: ["${B}"] }, { type: amqp, url: "${A}" }'), [])
})

test('a topic beside something that has a mistake in it', () => {
  assert.deepEqual(feeds('{ type: amqp, url: "${A}" }, { type: list, url: b }'), [
    'postern.yaml:6:71 error invalid-project #/revocation/feeds/1/url',
  ])
})

test('a snapshot is too old to be that', () => {
  const project = projectWith('revocation: { snapshot: revoked.yaml, feeds: [{ type: amqp, url: "${A}" }] }\n')
  assert.deepEqual(diagnose({ ...project, 'revoked.yaml': '[]' }), ['postern.yaml:6:47 error feed-cannot-replay #/revocation/feeds/0'])
})
