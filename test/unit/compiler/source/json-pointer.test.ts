import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeStep, parsePointer } from '../../../../src/compiler/source/json-pointer.ts'

test('the examples of RFC 6901, sections 5 and 6', () => {
  const examples: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['/foo/0', ['foo', '0']],
    ['/', ['']],
    ['/a~1b', ['a/b']],
    ['/c%25d', ['c%d']],
    ['/e%5Ef', ['e^f']],
    ['/g%7Ch', ['g|h']],
    ['/i%5Cj', ['i\\j']],
    ['/k%22l', ['k"l']],
    ['/%20', [' ']],
    ['/m~0n', ['m~n']],
    ['/~01', ['~1']],
  ]
  for (const [fragment, steps] of examples) assert.deepEqual(parsePointer(fragment), steps, fragment)
})

test('what is no pointer', () => {
  for (const fragment of ['foo', '/~', '/~2', '/%', '/%zz', '/%ff']) assert.equal(parsePointer(fragment), null, fragment)
})

test('a step survives being written and read', () => {
  for (const step of ['', '/', '~', '~1', '/pets/{id}', 'a b', 'é', '%41', '#', '\ud83d\ude00', '{$request.body#/url}', '__proto__']) {
    assert.deepEqual(parsePointer(`/${escapeStep(step)}`), [step], step)
    assert.match(escapeStep(step), /^[A-Za-z0-9._~!$&'()*+,;=:@?%-]*$/)
  }
})
