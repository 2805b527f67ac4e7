import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName } from '../../../../src/compiler/source/nearest-name.ts'

const known = ['backend', 'sandboxBackend', 'throttle', 'maxBody']

test('a slip, a swap and another letter case are found', () => {
  assert.equal(nearestName('backnd', known), 'backend')
  assert.equal(nearestName('bakcend', known), 'backend')
  assert.equal(nearestName('maxbody', known), 'maxBody')
  assert.equal(nearestName('sandbox-backend', known), 'sandboxBackend')
})

test('what is far from everything is not', () => {
  for (const name of ['', 'x', 'timeout', 'b', 'a'.repeat(1000)]) assert.equal(nearestName(name, known), null, name)
  assert.equal(nearestName('bakcnd', known, 1), null)
})

test('of very many known names, only the first are compared: a hint may not take long', () => {
  function* names(): Generator<string> {
    for (let index = 0; ; index++) yield `other${index}`
  }
  assert.equal(nearestName('backend', names()), null)
})
