/** Members that are objects where words belong: JSON can say of them that their `toString` is none, and then `String` throws. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../../../../src/gateway/etcd/etcd-keys.ts'
import { readListed } from '../../../../src/gateway/feeds/read-list.ts'
import { TopicMessages } from '../../../../src/gateway/feeds/topic-messages.ts'
import { readConditions } from '../../../../src/gateway/traffic-manager/condition-list.ts'
import { readBlocks, readNotice } from '../../../../src/gateway/traffic-manager/notice.ts'

const hostile: readonly unknown[] = [JSON.parse('{"toString":0,"valueOf":0}'), Object.create(null), [Object.create(null)]]

const good: readonly Readonly<Record<string, unknown>>[] = [
  { jti: 'a', iss: 'https://a', exp: 4_000_000_000, at: 1_790_000_000, takenBack: true },
  { client: 'c', before: 5 },
  { denyAddress: '192.0.2.1' },
  { jwt_signature: 'a', expiry_time: 4_000_000_000_000 },
  { revokedToken: 'a', expiryTime: 4_000_000_000_000 },
  { consumerKey: 'a', revocationTime: 4_000_000_000_000 },
  { entityId: 'a', entityType: 'USER_ID', revocationTime: 4_000_000_000_000 },
  { event: { payloadData: { revokedToken: 'a' } } },
  { throttleKey: 'a', isThrottled: true, expiryTimeStamp: 4_000_000_000_000, evaluatedConditions: '' },
  { blockingCondition: 'IP', state: true, id: 5, tenantDomain: 'carbon.super', conditionValue: { fixedIp: '192.0.2.1', invert: false } },
  { specificIp: '192.0.2.1', startingIp: '192.0.2.1', endingIp: '192.0.2.1', invert: true },
]

/** Each of them, with one member after the other as it should not be. */
const bad = good.flatMap((fields) => Object.keys(fields).flatMap((name) => hostile.map((value) => ({ ...fields, [name]: value }))))

test('make no entry, or one without them, and never throw', () => {
  let rejected = 0
  const sink = { put: () => {}, remove: () => {}, rejected: () => rejected++ }
  const messages = new TopicMessages({ sink, clock: { now: () => 0 }, keep: 1000 })
  for (const fields of bad) {
    messages.receivedValue(fields)
    messages.receivedValue(JSON.stringify(fields))
    readListed(fields)
    entryOf({ key: '/r/entry/a', value: JSON.stringify(fields) }, '/r')
    entryOf({ key: '/r/jti/a', value: JSON.stringify(fields) }, '/r')
  }
  assert.ok(rejected > bad.length)
  assert.equal(readListed({ jwt_signature: 'a', expiry_time: {} }), undefined)
})

test('nor do they confuse what a Traffic Manager says', () => {
  for (const fields of bad) {
    readNotice(fields, 'carbon.super')
    readBlocks({ ip: [fields, { ...fields, id: hostile[0], invert: hostile[0] }] }, 'carbon.super', () => {})
    readConditions(Buffer.from(JSON.stringify([{ ipspecific: fields, iprange: fields }])).toString('base64url'))
  }
  const throttled = { throttleKey: 'a', isThrottled: hostile[0], expiryTimeStamp: hostile[0] }
  assert.deepEqual(readNotice(throttled, 'carbon.super'), { kind: 'decision', key: 'a', until: 0, conditions: null })
})
