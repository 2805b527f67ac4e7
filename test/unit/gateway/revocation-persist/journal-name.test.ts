/** Which source a journal is of: one whose password was changed is the same, one at another address is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RevocationFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import { isJournal, journalNames } from '../../../../src/gateway/revocation-persist/journal-name.ts'

const hashKey = Buffer.alloc(32, 1)
const common = { login: null, authorities: [], publish: false } as const
const url = [{ setting: 'URL' }]
const redis: RevocationFeedPlan = { ...common, kind: 'redis', url, stream: 'revoked' }
const topic: RevocationFeedPlan = { ...common, kind: 'amqp', url, exchange: 'amq.topic', topic: 'revoked', keep: 1000 }
const list: RevocationFeedPlan = { ...common, kind: 'list', url, every: 1000 }
const etcd: RevocationFeedPlan = { ...common, kind: 'etcd', endpoints: [url], prefix: '/revoked' }

function nameOf(feed: RevocationFeedPlan, address: string): string {
  const [name] = journalNames([feed], new Map([['URL', address]]), hashKey)
  return name!
}

test('as whom a source is asked, how often, and what is done with the answer makes no other source of it', () => {
  const known = nameOf(redis, 'rediss://redis.example.com:6379/1')
  assert.ok(isJournal(known))
  assert.equal(nameOf(redis, 'rediss://gateway:old@redis.example.com:6379/1'), known)
  assert.equal(nameOf(redis, 'rediss://gateway:n%40w@redis.example.com:6379/1'), known)
  assert.equal(nameOf({ ...redis, publish: true, authorities: ['pem'] }, 'rediss://redis.example.com:6379/1'), known)
  const split = { ...redis, url: ['rediss://u:', { setting: 'PASSWORD' }, '@redis.example.com:6379/1'] }
  assert.deepEqual(journalNames([split], new Map([['PASSWORD', 'p']]), hashKey), [known])
  const broker = 'amqps://mq.example.com/carbon'
  assert.equal(nameOf({ ...topic, publish: true, keep: 9000 }, broker.replace('//', '//u:p@')), nameOf(topic, broker))
  assert.equal(nameOf({ ...list, every: 50 }, 'https://a.example.com'), nameOf(list, 'https://a.example.com'))
})

test('another address, or another thing there, is another source', () => {
  const address = 'rediss://redis.example.com'
  const names = [
    nameOf(redis, address),
    nameOf(redis, `${address}/1`),
    nameOf({ ...redis, stream: 'other' }, address),
    nameOf(redis, 'rediss://other.example.com'),
    nameOf(topic, address),
    nameOf({ ...topic, topic: 'other' }, address),
    nameOf({ ...topic, kind: 'amqp10', topic: ['revoked'] }, address),
    nameOf({ ...topic, kind: 'amqp10', topic: ['other'] }, address),
    nameOf(list, address),
    nameOf(list, `${address}/?of=me@home`),
    nameOf(etcd, address),
    nameOf({ ...etcd, prefix: '/other' }, address),
  ]
  assert.equal(new Set(names).size, names.length)
  assert.equal(new Set(journalNames([list, list], new Map([['URL', address]]), hashKey)).size, 2)
})
