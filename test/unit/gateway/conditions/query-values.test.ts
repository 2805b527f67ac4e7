import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryValues } from '../../../../src/gateway/conditions/query-values.ts'

test('every value of the parameter, decoded', () => {
  assert.deepEqual(queryValues('?a=1&b=2&a=3', 'a'), ['1', '3'])
  assert.deepEqual(queryValues('?%61=x+y%20z', 'a'), ['x y z'])
  assert.deepEqual(queryValues('?a&a=&a=b=c', 'a'), ['', '', 'b=c'])
  assert.deepEqual(queryValues('', 'a'), [])
  assert.deepEqual(queryValues('?A=1', 'a'), [])
})

test('escapes that are no UTF-8 stay as they are', () => {
  assert.deepEqual(queryValues('?a=%ff', 'a'), ['%ff'])
})
