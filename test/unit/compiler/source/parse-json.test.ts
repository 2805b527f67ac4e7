import assert from 'node:assert/strict'
import { test } from 'node:test'
import { below, json, plainValue } from './parsed.ts'

test('values are what JSON.parse takes them for', () => {
  for (const text of [
    'null',
    'true',
    '-0',
    '1.5e-3',
    '12345678901234567890',
    '"a\\u00e9\\n\\ud83d\\ude00"',
    '[]',
    ' [ 1 , [ ] ] ',
    '"\\ud800"',
  ]) {
    const { node, found } = json(text)
    assert.deepEqual(found, [], text)
    assert.deepEqual(plainValue(node), JSON.parse(text), text)
  }
})

test('what JSON.parse refuses is refused', () => {
  const wrong = ['', '{', '[1,]', '{"a":1,}', '{"a" 1}', '01', '1.', '-', '.5', '+1', '1e', 'NaN', 'tru', 'true1', '[1 2]', '{a:1}', "'a'"]
  const strings = ['"\\x"', '"\t"', '"a', '"\\"', '"\\u12"', '"a\\\n"', '{"a":1}x', '\u00a01', '\ufeff\ufeff1', '// a\n1']
  for (const text of [...wrong, ...strings]) {
    assert.throws(() => JSON.parse(text), SyntaxError, text)
    const { node, found } = json(text)
    assert.equal(node, null, text)
    assert.deepEqual(
      found.map(({ code }) => code),
      ['malformed-json'],
      text,
    )
  }
})

test('every value and key knows its place', () => {
  const { node } = json('{\n  "a/b": [10,\n    {"~": "x"}]\n}')
  assert.deepEqual(below(node).at, { file: 'file.json', line: 1, column: 1, pointer: '#' })
  assert.deepEqual(below(node, 'a/b', 0).at, { file: 'file.json', line: 2, column: 11, pointer: '#/a~1b/0' })
  assert.deepEqual(below(node, 'a/b', 1, '~').at, { file: 'file.json', line: 3, column: 11, pointer: '#/a~1b/1/~0' })
  assert.ok(node?.kind === 'object')
  assert.deepEqual(node.entries.get('a/b')?.keyAt, { file: 'file.json', line: 2, column: 3, pointer: '#/a~1b' })
})

test('a syntax error inside a value names the value', () => {
  const { found } = json('{"a": {"b": [1, "x\\u00"]}}')
  assert.deepEqual(
    found.map(({ at }) => at),
    [{ file: 'file.json', line: 1, column: 17, pointer: '#/a/b/1' }],
  )
})

test('numbers keep the text in which they are written', () => {
  const { node } = json('[1.0, 1e5, true, "1.0"]')
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => {
      const scalar = below(node, index)
      return scalar.kind === 'scalar' && scalar.text
    }),
    ['1.0', '1e5', 'true', '1.0'],
  )
})

test('all duplicate keys are found in one run, and the first value stays', () => {
  const { node, found } = json('{"a": 1, "b": {"c": 1, "c": 2}, "a": 2}')
  assert.deepEqual(
    found.map(({ code, at, message }) => [code, at.pointer, message]),
    [
      ['duplicate-key', '#/b/c', 'the key `c` stands already in line 1, column 16'],
      ['duplicate-key', '#/a', 'the key `a` stands already in line 1, column 2'],
    ],
  )
  assert.equal(plainValue(below(node, 'a')), 1)
})

test('keys that mean something to JavaScript are only keys', () => {
  const { node } = json('{"constructor": 1, "toString": 2, "__proto__": {"polluted": true}}')
  assert.deepEqual([...((plainValue(node) as Map<string, unknown>).keys() ?? [])], ['constructor', 'toString', '__proto__'])
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
})
