import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenOwner } from '../../../../src/gateway/auth/token-owner.ts'
import { claimReader } from '../../../../src/gateway/claim-reader.ts'

function owner(claims: Record<string, unknown>, application = 'application', client = 'azp', subject = 'sub'): string | undefined {
  const named = { application: claimReader(application), client: claimReader(client), subject: claimReader(subject) }
  return tokenOwner(claims, 2, named)?.key
}

test('the application comes first, whether it is text, a number or the object that WSO2 sends', () => {
  assert.equal(owner({ application: 'shop', azp: 'a', sub: 's' }), 'application:2:shop')
  assert.equal(owner({ application: 17 }), 'application:2:17')
  assert.equal(owner({ application: { id: 3, uuid: 'u', name: 'n' } }), 'application:2:3')
  assert.equal(owner({ application: { uuid: 'u', name: 'n' } }), 'application:2:u')
  assert.equal(owner({ application: { name: 'n' } }), 'application:2:n')
  assert.equal(owner({ application: { id: 3 } }, 'application.id'), 'application:2:3')
  assert.equal(owner({ application: ['shop', 'other'] }), 'application:2:shop')
})

test('then the client, by the claim that the project names or one that is usual', () => {
  assert.equal(owner({ azp: 'a', client_id: 'c', sub: 's' }), 'client:2:a')
  assert.equal(owner({ client_id: 'c', azp: 'a' }, 'application', 'cid'), 'client:2:c')
  assert.equal(owner({ consumerKey: 'k', sub: 's' }), 'client:2:k')
  assert.equal(owner({ aud: ['first', 'second'] }, 'application', 'aud'), 'client:2:first')
})

test('then the subject; a token that names nobody has no owner', () => {
  assert.equal(owner({ sub: 's' }), 'subject:2:s')
  assert.equal(owner({ sub: 's', user: { email: 'a@example.com' } }, 'application', 'azp', 'user.email'), 'subject:2:a@example.com')
  assert.equal(owner({}), undefined)
})

test('what is neither text nor a number names nobody', () => {
  for (const odd of ['', null, true, [], {}, { id: {} }, Infinity]) assert.equal(owner({ application: odd, sub: 's' }), 'subject:2:s')
})

test('inherited members are no claims', () => {
  assert.equal(owner({ sub: 's' }, 'constructor.name', 'toString'), 'subject:2:s')
  assert.equal(owner({ sub: 's' }, '__proto__.constructor.name'), 'subject:2:s')
})

test('a claim whose name has dots is found by its whole name first', () => {
  const read = claimReader('https://example.com/app')
  assert.equal(read({ 'https://example.com/app': 'x' }), 'x')
  assert.equal(claimReader('a.b')({ 'a.b': 1, a: { b: 2 } }), 1)
  assert.equal(claimReader('a.b')({ a: { b: 2 } }), 2)
  assert.equal(claimReader('a.b.c')({ a: { b: 2 } }), undefined)
})
