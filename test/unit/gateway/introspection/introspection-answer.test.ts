import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/gateway/introspection/introspection-answer.ts'

function kindOf(answer: unknown): string {
  return readAnswer(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer))).kind
}

test('an active answer gives its claims', () => {
  const read = readAnswer(Buffer.from('{"active":true,"sub":"alice","token_type":"Bearer","__proto__":{"scope":"all"}}'))
  assert.equal(read.kind, 'active')
  assert.deepEqual(read.kind === 'active' ? Object.entries(read.claims) : [], [
    ['sub', 'alice'],
    ['token_type', 'Bearer'],
    ['__proto__', { scope: 'all' }],
  ])
})

test('what is not said in so many words is no answer', () => {
  for (const answer of ['', '{', 'null', '[]', '"active"', {}, { active: 'true' }, { active: 1 }, { active: null }, '{"active":true}}'])
    assert.equal(kindOf(answer), 'unusable', JSON.stringify(answer))
  assert.equal(readAnswer(Buffer.from([0x7b, 0xff, 0x7d])).kind, 'unusable')
  assert.equal(kindOf({ active: false, sub: 'alice' }), 'inactive')
})

test('only access tokens are active', () => {
  for (const said of [
    { token_type: 'Bearer' },
    { token_type: 'DPoP', cnf: { jkt: 'x' } },
    { token_use: 'access_token' },
    { typ: 'Bearer' },
    {},
  ])
    assert.equal(kindOf({ active: true, ...said }), 'active', JSON.stringify(said))
  for (const said of [
    { token_type: 'refresh_token' },
    { token_type: 'DPoP' },
    { token_type: 7 },
    { token_use: 'refresh_token' },
    { token_use: 'id' },
    { typ: 'Refresh' },
    { typ: 'Offline' },
    { typ: 'ID' },
  ])
    assert.equal(kindOf({ active: true, ...said }), 'inactive', JSON.stringify(said))
})
