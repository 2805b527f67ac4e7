import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DroppedTokens, digestOf } from '../../../src/gateway/dropped-tokens.ts'

test('another thread sees what was added after it last looked', () => {
  const memory = DroppedTokens.make()
  const [writer, reader] = [new DroppedTokens(memory), new DroppedTokens(memory)]
  writer.add('before')
  const { position } = reader
  assert.deepEqual(reader.since(position), [])
  writer.add('a')
  writer.add('b')
  assert.deepEqual(reader.since(position), [digestOf('a'), digestOf('b')])
})

test('who is too late for some, or is told that it is unknown which, is told that it may be any', () => {
  const dropped = new DroppedTokens(DroppedTokens.make())
  const start = dropped.position
  for (let index = 0; index < 2_048; index++) dropped.add(`token-${index}`)
  assert.equal(dropped.since(start)?.length, 2_048)
  dropped.add('one more')
  assert.equal(dropped.since(start), null)
  const { position } = dropped
  dropped.addUnknown()
  assert.equal(dropped.since(position), null)
})

test('an entry that is not whole yet may be any', () => {
  const memory = DroppedTokens.make()
  const dropped = new DroppedTokens(memory)
  const { position } = dropped
  dropped.add('a')
  // As a thread that died between the two leaves it.
  Atomics.store(new Int32Array(memory), 1, 0)
  assert.equal(dropped.since(position), null)
})

test('its number may wrap', () => {
  const memory = DroppedTokens.make()
  Atomics.store(new Int32Array(memory), 0, 2 ** 31 - 2)
  const dropped = new DroppedTokens(memory)
  const { position } = dropped
  for (const token of ['a', 'b', 'c', 'd']) dropped.add(token)
  assert.deepEqual(dropped.since(position), ['a', 'b', 'c', 'd'].map(digestOf))
})
