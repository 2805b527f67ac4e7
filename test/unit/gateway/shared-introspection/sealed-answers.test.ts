/** What is left for other gateways can be read, and written, by who has the secret and asks the same key manager. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SealedAnswers } from '../../../../src/gateway/shared-introspection/sealed-answers.ts'

const secret = 'a'.repeat(32)
const context = ['https://idp.example.com', 'https://idp.example.com/introspect', 'gateway']
const sealed = new SealedAnswers(secret, context)
const answer = { answeredAt: 5, claims: { sub: 'alice', exp: 9, nested: { a: [1] } } }

test('an answer is opened as it was sealed, by another gateway too', () => {
  const name = sealed.name('token')
  const other = new SealedAnswers(secret, context)
  assert.equal(other.name('token'), name)
  assert.deepEqual(other.open(name, sealed.seal(name, answer)), answer)
  assert.deepEqual(other.open(name, sealed.seal(name, { answeredAt: 1, claims: null })), { answeredAt: 1, claims: null })
})

test('name and value say nothing of token and answer, and no value is the same twice', () => {
  const name = sealed.name('token')
  assert.match(name, /^postern:introspection:[A-Za-z0-9_-]{43}$/)
  const value = sealed.seal(name, answer)
  assert.ok(!Buffer.from(value, 'base64').toString('latin1').includes('alice'))
  assert.notEqual(sealed.seal(name, answer), value)
})

test('another secret, issuer, key manager or client is another name, and opens nothing', () => {
  const name = sealed.name('token')
  const value = sealed.seal(name, answer)
  const others = context.map((_, index) => new SealedAnswers(secret, context.with(index, 'another')))
  for (const other of [...others, new SealedAnswers('b'.repeat(32), context), new SealedAnswers(secret, [context.join('')])])
    assert.notEqual(other.name('token'), name)
  assert.equal(new SealedAnswers('b'.repeat(32), context).open(name, value), null)
})

test('what was written under another name, altered in any byte, cut or made up is not opened', () => {
  const name = sealed.name('token')
  const bytes = Buffer.from(sealed.seal(name, answer), 'base64')
  assert.equal(sealed.open(sealed.name('other'), bytes.toString('base64')), null)
  for (let index = 0; index < bytes.length; index++) {
    const altered = Buffer.from(bytes)
    altered[index]! ^= 1
    assert.equal(sealed.open(name, altered.toString('base64')), null, `byte ${index}`)
    assert.equal(sealed.open(name, bytes.subarray(0, index).toString('base64')), null, `${index} bytes`)
  }
  for (const text of ['', '{"answeredAt":5,"claims":{}}', 'A'.repeat(1_000), '\0']) assert.equal(sealed.open(name, text), null)
})
