import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearerToken } from '../../../../src/gateway/auth/bearer.ts'

test('the scheme is read in any case', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) assert.equal(bearerToken(`${scheme} abc.def`), 'abc.def')
})

test('what follows the first space is the token, whatever it is', () => {
  assert.equal(bearerToken('Bearer  abc'), ' abc')
  assert.equal(bearerToken('Bearer abc def'), 'abc def')
  assert.equal(bearerToken('Bearer '), '')
  assert.equal(bearerToken('Bearer'), '')
})

test('other schemes have no bearer token', () => {
  for (const credential of ['', 'Basic abc', 'Bearerabc', 'Bearer\tabc', 'Bear', 'Bearer,abc', 'DPoP abc', ' Bearer abc', 'abc.def.ghi']) {
    assert.equal(bearerToken(credential), undefined, credential)
  }
})
