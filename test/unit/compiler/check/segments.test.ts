import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, overlap } from '../../../../src/compiler/check/segments.ts'

/** `{` `}` with nothing between stands for a parameter. */
function shape(text: string): readonly string[] {
  return text.split('{}')
}

test('one segment covers another when it matches all that the other matches', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['pets', 'pets', true],
    ['pets', 'pet', false],
    ['{}', 'pets', true],
    ['{}', '{}', true],
    ['{}', '{}.json', true],
    ['pets', '{}', false],
    ['{}.json', '{}', false],
    ['{}.json', 'a.json', true],
    // A parameter is one or more characters.
    ['{}.json', '.json', false],
    ['{}', '', false],
    ['{}-{}', 'a-b', true],
    ['{}-{}', '-b', false],
    ['{}-{}', 'a--', true],
    ['{}.json', '{}-{}.json', true],
    ['{}-{}.json', '{}.json', false],
    ['a{}', 'ab{}c', true],
    ['a{}aa', 'aaa', false],
    ['{}aa{}', 'aaaa', true],
    // An escape is one character.
    ['{}0', 'a%20', false],
    ['{}0', 'a%200', true],
    ['{}0', '{}%20', false],
    ['{}{}', '%20', false],
  ]
  for (const [general, specific, expected] of cases)
    assert.equal(covers(shape(general), shape(specific)), expected, `${general} ${specific}`)
})

test('two segments overlap when some text is matched by both', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['pets', 'pets', true],
    ['pets', 'dogs', false],
    ['{}', 'pets', true],
    ['{}.json', 'pets', false],
    ['{}.json', 'report.{}', true],
    ['{}.json', '{}.xml', false],
    ['a{}', 'b{}', false],
    ['a{}', 'ab{}', true],
    ['{}-{}', '{}.{}', true],
    ['{}0', '{}%20', false],
    ['{}0', 'a{}00', true],
  ]
  for (const [a, b, expected] of cases) {
    assert.equal(overlap(shape(a), shape(b)), expected, `${a} ${b}`)
    assert.equal(overlap(shape(b), shape(a)), expected, `${b} ${a}`)
  }
})
