import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf, isBefore, messagesIn } from '../../../../src/gateway/revocation-redis/stream-entries.ts'

function entry(members: Readonly<Record<string, string>>): unknown {
  return entryOf({ id: '1-0', fields: Object.entries(members).flat() })
}

test('the fields of a message are an entry, whose times are digits', () => {
  assert.deepEqual(entry({ jti: '5f2c', iss: 'https://a', exp: '1790000000', at: '1780000000.25', note: 'stolen' }), {
    entry: { kind: 'token', name: '5f2c', issuer: 'https://a', before: null, expires: 1790000000, publishedAt: 1780000000250 },
    takenBack: false,
  })
  assert.deepEqual(entry({ user: '17', before: '1780000000', takenBack: 'true' }), {
    entry: { kind: 'user', name: '17', issuer: null, before: 1780000000, expires: null },
    takenBack: true,
  })
})

test('what is no entry, or says in an unknown way whether it is taken back', () => {
  for (const members of [
    {},
    { jti: 'a', kid: 'b' },
    { jti: '' },
    { client: 'a' },
    { jti: 'a', exp: 'soon' },
    { jti: 'a', exp: '-1' },
    { jti: 'a', exp: '1e9' },
    { jti: 'a', takenBack: 'false' },
    { jti: 'a', takenBack: '' },
  ]) {
    assert.equal(entry(members), undefined, JSON.stringify(members))
  }
  assert.equal(entryOf({ id: '1-0', fields: ['jti'] }), undefined)
  assert.equal(entryOf({ id: '1-0', fields: ['jti', 'a', 'jti', 'b'] }), undefined)
  assert.equal(entryOf({ id: '1-0', fields: [1, 2, null, 'x'] }), undefined)
})

test('messages of a reply, and nothing that is none', () => {
  assert.deepEqual(messagesIn([['1-0', ['jti', 'a']], ['2-0', null], [3, []], 'x']), [
    { id: '1-0', fields: ['jti', 'a'] },
    { id: '2-0', fields: [] },
  ])
  assert.deepEqual(messagesIn(null), [])
})

test('ids are in the order of their numbers, which may be larger than numbers of JavaScript', () => {
  assert.ok(isBefore('9-0', '10-0'))
  assert.ok(isBefore('10-2', '10-10'))
  assert.ok(isBefore('18446744073709551614-0', '18446744073709551615-0'))
  assert.ok(isBefore('1-18446744073709551614', '1-18446744073709551615'))
  assert.ok(!isBefore('1-1', '1-1'))
  assert.ok(!isBefore('2-0', '1-9'))
  assert.ok(isBefore('0-0', '0-1'))
})

test('when a message was published: as it says, else as its id does where Redis has made it', () => {
  const published = (id: string, ...fields: readonly string[]): unknown =>
    entryOf({ id, fields: ['jti', 'a', ...fields] })?.entry.publishedAt
  assert.equal(published('1790000000123-0'), 1_790_000_000_123)
  assert.equal(published('1790000000123-0', 'at', '1790000000.5'), 1_790_000_000_500)
  assert.equal(published('1790000000123-0', 'at', 'soon'), 1_790_000_000_123)
  assert.equal(published('7-1'), undefined)
})
