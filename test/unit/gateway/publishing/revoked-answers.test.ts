import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { IssuerPlan } from '../../../../src/contract/plan.ts'
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
  assert.deepEqual(new RevokedAnswers().entryFor('opaque', issuer(1), 1_000_500), {
    kind: 'digest',
    name: hash('sha256', 'opaque', 'base64url'),
    issuer: null,
    before: null,
    expires: 1061 + 60,
  })
})

test('a JWT is one only where all tokens of its issuer are asked about', () => {
  const answers = new RevokedAnswers()
  assert.equal(answers.entryFor(jwt, issuer(1), 0), null)
  assert.equal(answers.entryFor('opaque', issuer(1, false), 0), null)
  assert.notEqual(answers.entryFor(jwt, issuer(0), 0), null)
})

test('there are five thousand at a time, so that JWTs have room beside them', () => {
  const answers = new RevokedAnswers()
  for (let index = 0; index < 5_000; index++) assert.notEqual(answers.entryFor(`t${index}`, issuer(0), index), 'full')
  assert.equal(answers.entryFor('more', issuer(0), 10_000), 'full')
  assert.equal(answers.entryFor('more', issuer(0), 119_000), 'full')
  assert.notEqual(answers.entryFor('more', issuer(0), 130_000), 'full')
})
