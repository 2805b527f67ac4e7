import assert from 'node:assert/strict'
import { test } from 'node:test'
import { below, plainValue, yaml } from './parsed.ts'

const plain = (text: string): unknown => {
  const { node, found } = yaml(text)
  assert.deepEqual(found, [], text)
  return plainValue(node)
}

test('scalars follow the core schema of YAML 1.2', () => {
  assert.deepEqual(plain('[yes, on, no, 0x1F, 010, 1_000, 1e3, ~, null, true, 2024-01-01, "1"]'), [
    'yes',
    'on',
    'no',
    31,
    10,
    '1_000',
    1000,
    null,
    null,
    true,
    '2024-01-01',
    '1',
  ])
  assert.deepEqual(plain('[!!str 1, !!int "7"]'), ['1', 7])
  assert.equal(plain(''), null)
})

test('a directive of YAML 1.1 changes nothing about that', () => {
  assert.deepEqual(plain('%YAML 1.1\n---\n[yes, 010]\n'), ['yes', 10])
})

test('keys are text as they are written', () => {
  assert.deepEqual(
    plain('200: a\n1.0: b\ntrue: c\nnull: d\n0x1F: e\n"x": f\n'),
    new Map(Object.entries({ 200: 'a', '1.0': 'b', true: 'c', null: 'd', '0x1F': 'e', x: 'f' })),
  )
  assert.deepEqual(
    plain('{ a, b: }'),
    new Map([
      ['a', null],
      ['b', null],
    ]),
  )
})

test('numbers keep the text in which they are written', () => {
  const scalar = below(yaml('version: 1.10').node, 'version')
  assert.deepEqual(scalar.kind === 'scalar' && [scalar.value, scalar.text], [1.1, '1.10'])
})

test('every value and key knows its place', () => {
  const { node } = yaml('# comment\npaths:\n  /pets:\n    - get: one\n')
  assert.deepEqual(below(node, 'paths', '/pets', 0, 'get').at, { file: 'file.yaml', line: 4, column: 12, pointer: '#/paths/~1pets/0/get' })
  assert.deepEqual(below(node, 'paths', '/pets').at, { file: 'file.yaml', line: 4, column: 5, pointer: '#/paths/~1pets' })
  assert.ok(node?.kind === 'object')
  assert.deepEqual(node.entries.get('paths')?.keyAt, { file: 'file.yaml', line: 2, column: 1, pointer: '#/paths' })
})

test('an alias is the value of its anchor, and says where that stands', () => {
  const { node } = yaml('a: &a { x: 1 }\nb: *a\nc: &a 2\nd: *a\n')
  assert.equal(below(node, 'b'), below(node, 'a'))
  assert.deepEqual(below(node, 'b', 'x').at, { file: 'file.yaml', line: 1, column: 12, pointer: '#/a/x' })
  assert.equal(plainValue(below(node, 'd')), 2)
})

test('a merge adds what is not there: own keys win, then the earlier source', () => {
  const merged = plain('a: &a { x: 1, y: 1 }\nb: &b { x: 2, z: 2 }\nc: { y: 0, <<: [*a, *b] }\nd: { <<: *b, x: 3 }\n') as Map<
    string,
    unknown
  >
  assert.deepEqual(
    merged.get('c'),
    new Map([
      ['y', 0],
      ['x', 1],
      ['z', 2],
    ]),
  )
  assert.deepEqual(
    merged.get('d'),
    new Map([
      ['x', 3],
      ['z', 2],
    ]),
  )
})

test('`<<` in quotes is a key, and nothing but mappings can be merged', () => {
  assert.deepEqual(plain('"<<": 1'), new Map([['<<', 1]]))
  assert.deepEqual(
    yaml('a: &a [1]\nb: { <<: *a }').found.map(({ code, at }) => [code, at.line, at.column]),
    [['malformed-yaml', 1, 8]],
  )
})

test('a mapping or list cannot be a key', () => {
  for (const text of ['? [a]\n: b\n', '? { a: 1 }\n: b\n', 'a: &x y\n? *x\n: b\n']) {
    assert.deepEqual(
      yaml(text).found.map(({ code }) => code),
      ['malformed-yaml'],
      text,
    )
  }
})

test('keys that mean something to JavaScript are only keys', () => {
  const { node, found } = yaml('constructor: 1\n__proto__: { polluted: true }\n')
  assert.deepEqual(
    found.map(({ code, at }) => [code, at.line]),
    [['forbidden-key', 2]],
  )
  assert.ok(node?.kind === 'object')
  assert.deepEqual([...node.entries.keys()], ['constructor', '__proto__'])
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
})

test('a hundred thousand equal keys are no hundred thousand squared comparisons', () => {
  const { found } = yaml('a: 1\n'.repeat(20_000))
  assert.equal(found.length, 1000)
})
