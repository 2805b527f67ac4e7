import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quality } from '../../../src/gateway/accept.ts'

test('everything is liked where nothing is said', () => {
  assert.equal(quality('', 'application', 'json'), 1)
})

test('the most specific range decides, wherever it stands', () => {
  const accept = '*/*;q=0.1, application/xml;q=0, application/*;q=0.5'
  assert.deepEqual(
    [quality(accept, 'application', 'xml'), quality(accept, 'application', 'json'), quality(accept, 'text', 'xml')],
    [0, 0.5, 0.1],
  )
})

test('what no range covers is not acceptable', () => {
  assert.equal(quality('text/html', 'application', 'json'), 0)
  assert.equal(quality('application/jso, pplication/json, application', 'application', 'json'), 0)
})

test('case, white space and other parameters do not matter', () => {
  assert.equal(quality(' Application/JSON ; charset=utf-8 ; Q=0.25 ', 'application', 'json'), 0.25)
})

test('a weight that is malformed counts as none', () => {
  for (const weight of ['2', '-1', '1.1', '0.1234', 'x', '', '1e0', '٠'])
    assert.equal(quality(`application/json;q=${weight}`, 'application', 'json'), 0, weight)
  for (const [weight, value] of [
    ['0', 0],
    ['1', 1],
    ['1.000', 1],
    ['0.', 0],
    ['0.5', 0.5],
  ] as const) {
    assert.equal(quality(`application/json;q=${weight}`, 'application', 'json'), value)
  }
})

test('a field of the greatest length is read quickly', () => {
  assert.equal(quality(',;=q'.repeat(4_096), 'application', 'json'), 0)
})
