/** What a key of etcd barred that is deleted, also where etcd does not say it any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchEvent } from '../../../../src/gateway/etcd/watch-message.ts'
import { BarringKeys } from '../../../../src/gateway/revocation-etcd/barring-keys.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'

const user = { key: '/r/user/u', value: '{"before":5}' }

function deleted(key: string, before: WatchEvent['before']): WatchEvent {
  return { deleted: true, created: false, revision: 9, pair: before ?? { key, value: '' }, before }
}

function barring(): { readonly keys: BarringKeys; readonly sink: RecordingSink } {
  const sink = new RecordingSink()
  const keys = new BarringKeys('/r', sink)
  keys.put(user)
  assert.deepEqual([...sink.names], ['user u'])
  return { keys, sink }
}

test('a key that is deleted bars nothing any more', () => {
  const { keys, sink } = barring()
  keys.change(deleted(user.key, user))
  assert.deepEqual([[...sink.names], keys.owing, sink.skipped], [[], false, 0])
})

test('where etcd has forgotten what the key said, all keys must be read again', () => {
  const { keys, sink } = barring()
  keys.change(deleted('/r/elsewhere/u', null))
  assert.equal(keys.owing, false)
  keys.change(deleted(user.key, null))
  assert.deepEqual([keys.owing, sink.skipped], [true, 0])
})

test('so it is where the key was written anew', () => {
  for (const [pair, names] of [
    [{ ...user, value: '{"before":7}' }, ['user u']],
    [{ ...user, value: '{"before":7,"exp":5}' }, ['user u']],
  ] as const) {
    const { keys, sink } = barring()
    keys.change({ deleted: false, created: false, revision: 9, pair, before: null })
    assert.deepEqual([[...sink.names], keys.owing], [names, true])
  }
  const { keys } = barring()
  keys.change({ deleted: false, created: true, revision: 9, pair: { key: '/r/jti/new', value: '' }, before: null })
  assert.equal(keys.owing, false)
})

test('also of a key whose name says nothing of its issuer', () => {
  const { keys } = barring()
  keys.change(deleted('/r/jti/a', null))
  assert.equal(keys.owing, true)
})
