import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryParameters } from '../../../../src/gateway/conditions/query-parameters.ts'

function valuesOf(query: string, name: string): readonly string[] {
  return [...(queryParameters(query).get(name) ?? [])]
}

test('every value of the parameter, decoded', () => {
  assert.deepEqual(valuesOf('?a=1&b=2&a=3', 'a'), ['1', '3'])
  assert.deepEqual(valuesOf('?%61=x+y%20z', 'a'), ['x y z'])
  assert.deepEqual(valuesOf('?a&a=&a=b=c', 'a'), ['', 'b=c'])
  assert.deepEqual(valuesOf('', 'a'), [])
  assert.deepEqual(valuesOf('?A=1', 'a'), [])
  assert.deepEqual(valuesOf('?__proto__=1', '__proto__'), ['1'])
})

test('escapes that are no UTF-8 stay as they are', () => {
  assert.deepEqual(valuesOf('?a=%ff', 'a'), ['%ff'])
})
