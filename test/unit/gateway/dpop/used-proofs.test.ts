import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsedProofs } from '../../../../src/gateway/dpop/used-proofs.ts'

const now = 1_800_000_000

test('a proof is used once, in whatever thread', () => {
  const buffer = UsedProofs.make()
  const [one, other] = [new UsedProofs(buffer, 70), new UsedProofs(buffer, 70)]
  assert.equal(one.use('a', now + 60, now), 'first')
  assert.equal(other.use('a', now + 60, now + 59), 'again')
  assert.equal(other.use('b', now + 60, now), 'first')
})

test('it is forgotten when it can be used no more, and stays so when the seconds come round', () => {
  const used = new UsedProofs(UsedProofs.make(), 70)
  used.use('a', now + 60, now)
  assert.equal(used.use('a', now + 120, now + 60), 'first')
  assert.equal(used.use('a', now + 65_536 + 40, now + 65_536 - 20), 'first')
})

test('what comes after hundreds of thousands is refused before one of them is forgotten', () => {
  const used = new UsedProofs(UsedProofs.make(), 70)
  let name = 0
  while (used.use(`a${name}`, now + 60, now) === 'first') name++
  assert.ok(name > 300_000, `${name}`)
  assert.equal(used.use(`a${name}`, now + 60, now), 'no-room')
  assert.equal(used.use('a0', now + 60, now), 'again')
  assert.equal(used.use(`a${name}`, now + 130, now + 61), 'first')
})
