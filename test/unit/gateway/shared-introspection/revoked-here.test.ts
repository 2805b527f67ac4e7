import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DroppedTokens } from '../../../../src/gateway/dropped-tokens.ts'
import { RevokedHere } from '../../../../src/gateway/shared-introspection/revoked-here.ts'

const minute = 60_000

test('an answer from before a revocation is not believed, and one from well after is', () => {
  const dropped = new DroppedTokens(DroppedTokens.make())
  const revoked = new RevokedHere(dropped, minute)
  assert.equal(revoked.believes('a', 0, 0), true)
  dropped.add('a')
  assert.equal(revoked.believes('a', 999, 1_000), false)
  assert.equal(revoked.believes('a', 1_000 + minute, 1_000 + minute), false)
  assert.equal(revoked.believes('a', 1_001 + minute, 1_001 + minute), true)
  assert.equal(revoked.believes('b', 0, 1_000), true)
})

test('it is remembered for as long as an answer from before could count', () => {
  const dropped = new DroppedTokens(DroppedTokens.make())
  const revoked = new RevokedHere(dropped, minute)
  dropped.add('a')
  assert.equal(revoked.believes('a', 0, 0), false)
  assert.equal(revoked.believes('a', 0, 2 * minute - 1), false)
  assert.equal(revoked.believes('a', 0, 2 * minute), true)
})

test('where it could have been any, nothing from before is believed', () => {
  const dropped = new DroppedTokens(DroppedTokens.make())
  const revoked = new RevokedHere(dropped, minute)
  dropped.addUnknown()
  assert.equal(revoked.believes('b', 500, 1_000), false)
  assert.equal(revoked.believes('b', 1_001 + minute, 1_001 + minute), true)
})
