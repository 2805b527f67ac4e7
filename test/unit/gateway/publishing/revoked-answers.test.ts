import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { IssuerPlan } from '../../../../src/contract/plan/issuer.ts'
import { RevokedAnswers } from '../../../../src/gateway/publishing/revoked-answers.ts'

/** As far as it matters: `keep` is a minute. */
function issuer(keys: number, isAsked = true): IssuerPlan {
  return {
    keys: Array(keys).fill({}),
    fetchedKeys: null,
    introspection: isAsked ? { cache: { keep: 60_000 } } : null,
  } as unknown as IssuerPlan
}

const jwt = 'eyJ.eyJ.sig'

test('an opaque token is barred by its digest, for as long as an answer about it may be remembered', () => {
  assert.deepEqual(new RevokedAnswers(64_000, { index: 0, count: 1 }).entryFor('opaque', issuer(1), 1_000_500), {
    kind: 'digest',
    name: hash('sha256', 'opaque', 'base64url'),
    issuer: null,
    before: null,
    expires: 1061 + 60,
  })
})

test('a JWT is one only where all tokens of its issuer are asked about', () => {
  const answers = new RevokedAnswers(64_000, { index: 0, count: 1 })
  assert.equal(answers.entryFor(jwt, issuer(1), 0), null)
  assert.equal(answers.entryFor('opaque', issuer(1, false), 0), null)
  assert.notEqual(answers.entryFor(jwt, issuer(0), 0), null)
})

test('a gateway takes a sixty-fourth of the room, all its threads together, until tables have forgotten', () => {
  const threads = [0, 1].map((index) => new RevokedAnswers(1_000, { index, count: 2 }))
  const taken = threads.map((answers) => {
    let count = 0
    while (answers.entryFor(`t${count}`, issuer(0), 0) !== 'full') count++
    return count
  })
  assert.deepEqual(taken, [8, 7])
  const [first] = threads
  // 120 s until they end, and 12 minutes.
  assert.equal(first?.entryFor('more', issuer(0), 839_000), 'full')
  assert.notEqual(first?.entryFor('more', issuer(0), 841_000), 'full')
})
