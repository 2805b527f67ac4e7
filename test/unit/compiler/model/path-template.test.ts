import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePathTemplate } from '../../../../src/compiler/model/path-template.ts'

type Short = string | readonly string[] | null

/** A literal as its text, a parameter as `null`, a pattern as its literals. */
function segments(template: string): readonly Short[] | string {
  const path = parsePathTemplate(template)
  if (path.kind === 'refused') return path.code
  return path.segments.map((segment): Short => {
    if (segment.kind === 'literal') return segment.text
    return segment.kind === 'parameter' ? null : segment.literals
  })
}

test('literals and parameters', () => {
  assert.deepEqual(segments('/pets/{id}'), ['pets', null])
  assert.deepEqual(segments('/caf%c3%A9/a b'), ['caf%C3%A9', 'a%20b'])
})

test('the root, a trailing slash and an empty segment are segments', () => {
  assert.deepEqual(segments('/'), [''])
  assert.deepEqual(segments('/pets/'), ['pets', ''])
  assert.deepEqual(segments('/a//{b}/'), ['a', '', null, ''])
})

test('parameters within a segment', () => {
  assert.deepEqual(segments('/{id}.json'), [['', '.json']])
  assert.deepEqual(segments('/{x}:cancel'), [['', ':cancel']])
  assert.deepEqual(segments('/compare/{base}...{head}'), ['compare', ['', '...', '']])
  assert.deepEqual(segments('/v{major}.{minor}-x'), [['v', '.', '-x']])
  assert.deepEqual(segments("/report(id={id},kind='{kind}')"), [['report(id=', ",kind='", "')"]])
})

test('the names of the parameters, whatever they hold', () => {
  const path = parsePathTemplate('/{id}/{proxy+}/{id}/{$(rm -rf)}/{__proto__}')
  assert.deepEqual(path.kind === 'template' && [...path.parameters], ['id', 'proxy+', '$(rm -rf)', '__proto__'])
})

test('what is refused', () => {
  for (const template of ['', 'pets', '/{', '/}', '/{}', '/{a}{b}', '/x{a}{b}y', '/{a/b}', '/a/../b', '/%2e', '/a\\b']) {
    assert.equal(segments(template), 'invalid-path', template)
  }
  assert.equal(segments('/a#b?c'), 'path-with-fragment')
  assert.equal(segments('/a?b#c'), 'path-with-query')
  assert.equal(segments('/a{?b}'), 'path-with-query')
})

test('a long hostile template takes no longer than its length', () => {
  for (const template of [
    `/${'{'.repeat(200_000)}`,
    `/${'{a'.repeat(100_000)}`,
    `/${'{a}x'.repeat(50_000)}`,
    `/${'%2e'.repeat(100_000)}`,
  ]) {
    assert.notEqual(segments(template), '')
  }
})
