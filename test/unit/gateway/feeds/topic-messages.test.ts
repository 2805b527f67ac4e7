/** Messages as WSO2’s versions and Postern write them, and as nobody should. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import { TopicMessages } from '../../../../src/gateway/feeds/topic-messages.ts'
import { amqpMap, jmsMap } from '../../../wire/jms-map.ts'

const now = 1_700_000_000_000
const keep = 3_600_000
const entry = { kind: 'token', issuer: null, before: null, expires: now / 1000 + 3600 } as const

function received(send: (messages: TopicMessages) => void): { readonly entries: readonly RevokedPlan[]; readonly rejections: number } {
  const entries: RevokedPlan[] = []
  let rejections = 0
  const sink = {
    put: (each: RevokedPlan) => entries.push(each),
    remove: ({ name }: RevokedPlan) =>
      entries.splice(
        entries.findIndex((each) => each.name === name),
        1,
      ),
    rejected: () => rejections++,
  }
  send(new TopicMessages({ sink, clock: { now: () => now }, keep }))
  return { entries, rejections }
}

const value = (message: unknown) => received((messages) => messages.receivedValue(message))
const bytes = (body: Buffer | string, type: unknown = 'text/plain', headers: unknown = {}) =>
  received((messages) => messages.receivedBytes(Buffer.from(body), type, headers))

describe('WSO2’s messages', () => {
  test('map messages of the first versions: two texts', () => {
    const { entries } = bytes(jmsMap({ revokedToken: 'a5c1-jti', ttl: '5000' }), 'jms/map-message')
    assert.deepEqual(entries, [{ ...entry, name: 'a5c1-jti' }], 'nothing says when it ends: it is kept for as long as the project says')
  })

  test('map messages with an end, in either encoding', () => {
    const fields = { eventId: 'e', revokedToken: 'sig', ttl: '5000', expiryTime: 1_700_000_600_001n, type: 'Default', tenantId: -1234 }
    const expected = [{ ...entry, name: 'sig', expires: 1_700_000_601 }]
    assert.deepEqual(bytes(jmsMap(fields), 'jms/map-message').entries, expected)
    assert.deepEqual(bytes(amqpMap(fields), 'amqp/map').entries, expected)
    assert.deepEqual(
      bytes('', undefined, { ...fields, expiryTime: 1_700_000_600_001 }).entries,
      expected,
      'as fields of a message without body',
    )
    assert.deepEqual(value({ ...fields, expiryTime: 1_700_000_600_001 }).entries, expected, 'as a map of AMQP 1.0')
  })

  test('text, whose ttl may be text or a number', () => {
    for (const ttl of ['5000', 5000]) {
      const payloadData = { eventId: 'e', revokedToken: 'a5c1', ttl, expiryTime: 1_700_000_600_000, type: 'Default', tenantId: -1234 }
      const text = JSON.stringify({ event: { payloadData } })
      assert.deepEqual(bytes(text, 'text/plain').entries, [{ ...entry, name: 'a5c1', expires: 1_700_000_600 }])
      assert.deepEqual(value(text).entries, bytes(text).entries)
    }
  })

  test('several events in one text', () => {
    const events = ['a', 'b'].map((revokedToken) => ({ event: { metaData: {}, payloadData: { revokedToken, ttl: '1' } } }))
    assert.deepEqual(
      bytes(JSON.stringify([...events, { event: {} }])).entries.map(({ name }) => name),
      ['a', 'b'],
    )
    assert.equal(bytes(JSON.stringify([...events, { event: {} }])).rejections, 1)
  })

  test('a whole JWT is barred by its signature, an opaque token as it is', () => {
    assert.equal(value({ revokedToken: 'head.claims.signature' }).entries[0]?.name, 'signature')
    assert.equal(value({ revokedToken: '7fe3-4f0c', expiryTime: 0 }).entries[0]?.name, '7fe3-4f0c')
    assert.equal(value({ revokedToken: '7fe3-4f0c', expiryTime: 0 }).entries[0]?.expires, entry.expires, '0 stands for no end')
  })

  test('times as text, and as seconds', () => {
    for (const expiryTime of ['1700000600000', 1_700_000_600_000, 1_700_000_600])
      assert.equal(value({ revokedToken: 'a', expiryTime }).entries[0]?.expires, 1_700_000_600)
    for (const expiryTime of ['soon', -1, Number.NaN, {}, null])
      assert.equal(
        value({ revokedToken: 'a', expiryTime }).entries[0]?.expires,
        entry.expires,
        'it is barred for longer rather than not at all',
      )
  })

  test('all that an application or a user was issued', () => {
    const common = { eventId: 'e', revocationTime: 1_699_999_999_001, organization: 'carbon.super' }
    const barred = { issuer: null, before: 1_700_000_000, expires: entry.expires }
    const wrapped = (payloadData: unknown): unknown => ({ event: { payloadData } })
    const client = [{ ...barred, kind: 'client', name: 'key-1' }]
    const user = [{ ...barred, kind: 'user', name: '4e2b' }]
    assert.deepEqual(value(wrapped({ ...common, consumerKey: 'key-1', type: 'consumerAppRevocation' })).entries, client)
    assert.deepEqual(value({ ...common, entityId: 'key-1', entityType: 'CLIENT_ID' }).entries, client)
    assert.deepEqual(value({ ...common, entityId: '4e2b', entityType: 'USER_ID' }).entries, user)
    assert.deepEqual(
      bytes(jmsMap({ ...common, revocationTime: 1_699_999_999_001n, consumerKey: 'key-1' }), 'jms/map-message').entries,
      client,
    )
  })

  test('the same as what stands in the place of a token', () => {
    const event = (fields: unknown): unknown => ({
      event: {
        payloadData: { revokedToken: Buffer.from(JSON.stringify(fields)).toString('base64'), ttl: '3600', expiryTime: 0, type: 'x' },
      },
    })
    const revocationTime = '1700000000000'
    const [client] = value(event({ consumerKey: 'key-1', revocationTime })).entries
    assert.deepEqual([client?.kind, client?.name, client?.before], ['client', 'key-1', 1_700_000_000])
    const [user] = value(event({ entityId: '4e2b', entityType: 'USER_ID', revocationTime })).entries
    assert.deepEqual([user?.kind, user?.name, user?.before], ['user', '4e2b', 1_700_000_000])
    assert.equal(value(event({ consumerKey: 'key-1', revocationTime: 'now' })).rejections, 1)
    assert.equal(value(event({ other: 'thing' })).entries[0]?.kind, 'token', 'an opaque token may begin like JSON')
  })
})

test('Postern’s own entries', () => {
  const exp = 1_700_000_060
  assert.deepEqual(value('{"jti":"a","iss":"i","exp":1700000060}').entries, [{ ...entry, name: 'a', issuer: 'i', expires: exp }])
  assert.deepEqual(value({ client: 'c', before: 5 }).entries, [{ ...entry, kind: 'client', name: 'c', before: 5 }])
  assert.deepEqual(value({ kid: 'k' }).entries, [{ ...entry, kind: 'key', name: 'k', expires: null }], 'a key has no end')
  assert.deepEqual(value({ apiKey: 'k' }).entries, [{ ...entry, kind: 'api-key', name: 'k', expires: null }])
  assert.equal(value('[{"jti":"a"},{"jti":5},{"user":"u","before":7}]').entries.length, 2)
})

test('what an operator takes back', () => {
  assert.deepEqual(
    value('[{"jti":"a"},{"jti":"b"},{"jti":"a","takenBack":true}]').entries.map(({ name }) => name),
    ['b'],
  )
  assert.deepEqual(value('[{"jti":"a"},{"jti":"a","takenBack":"perhaps"}]').entries.length, 2)
})

describe('hostile messages are counted, and say nothing', () => {
  const map = jmsMap({ revokedToken: 'a', ttl: '1' })
  const hostile: readonly (readonly [string, Buffer | string, unknown, unknown?])[] = [
    ['nothing', '', undefined],
    ['fields that say nothing', '', undefined, { ttl: '5' }],
    ['no JSON', 'revoked: a', 'text/plain'],
    ['half of it', '{"jti":"a"', 'application/json'],
    ['JSON that goes deep', '['.repeat(100_000), 'application/json'],
    ['JSON of another kind', '{"event":{"payloadData":{"throttleKey":"k"}}}', 'text/plain'],
    ['a token that is none', '{"event":{"payloadData":{"revokedToken":{"a":1}}}}', 'text/plain'],
    ['no payload', '{"event":null}', 'text/plain'],
    ['a prototype', '{"__proto__":{"jti":"a"}}', 'text/plain'],
    ['a text that is too long', JSON.stringify({ jti: 'a', exp: 5, more: 'x'.repeat(300_000) }), 'text/plain'],
    ['a name that is too long', JSON.stringify({ jti: 'x'.repeat(20_000) }), 'text/plain'],
    ['more entries than one message has', JSON.stringify(Array(1001).fill({ jti: 'a' })), 'text/plain'],
    ['an entity of an unknown kind', '{"entityId":"a","entityType":"ROLE","revocationTime":1700000000000}', 'text/plain'],
    ['no time', '{"consumerKey":"a"}', 'text/plain'],
    ['a map that ends too early', map.subarray(0, map.length - 1), 'jms/map-message'],
    ['a map of no bytes but a count', Buffer.from([0, 0, 0, 1]), 'jms/map-message'],
    ['a map with more entries than there are bytes', Buffer.from([0x7f, 0xff, 0xff, 0xff, 97, 0]), 'jms/map-message'],
    ['a map with fewer than none', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'jms/map-message'],
    ['a map with a type of nobody’s', Buffer.from([0, 0, 0, 1, 97, 0, 99]), 'jms/map-message'],
    ['a map whose bytes are longer than it', Buffer.from([0, 0, 0, 1, 97, 0, 3, 0x7f, 0xff, 0xff, 0xff]), 'jms/map-message'],
    ['a map of the other encoding', map, 'amqp/map'],
    ['Java’s serialised objects', Buffer.from('aced0005', 'hex'), 'application/java-object-stream'],
  ]
  for (const [name, body, type, headers] of hostile) {
    test(name, () => assert.deepEqual(bytes(body, type, headers), { entries: [], rejections: 1 }))
  }

  test('maps that are cut anywhere, or have any byte changed', () => {
    for (const encode of [jmsMap, amqpMap]) {
      const whole = encode({ revokedToken: 'abc', expiryTime: 1_700_000_600_000n, tenantId: -1234, flag: true, none: null })
      const type = encode === jmsMap ? 'jms/map-message' : 'amqp/map'
      for (let at = 0; at < whole.length; at++) {
        assert.equal(bytes(whole.subarray(0, at), type).entries.length, 0)
        for (const change of [0, 1, 0x7f, 0xff]) {
          const changed = Buffer.from(whole)
          changed[at] = change
          const { entries, rejections } = bytes(changed, type)
          assert.equal(entries.length + rejections, 1)
        }
      }
    }
  })
})
