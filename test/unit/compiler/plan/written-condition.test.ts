/** Conditions in words: what means something else has other words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Condition } from '../../../../src/compiler/model/types/condition.ts'
import { writtenCondition, writtenPlanCondition } from '../../../../src/compiler/plan/written-condition.ts'
import { place } from '../sample-project.ts'

const claim = (name: string, values: 'any' | readonly string[]): Condition => ({ kind: 'claim', negated: false, name, values })
const user = (...values: string[]): Condition => ({ kind: 'user', negated: false, values })

test('values and names that look like several, or like any, are quoted', () => {
  const different = [
    claim('org', 'any'),
    claim('org', ['any']),
    claim('org', ['a', 'b']),
    claim('org', ['a, b']),
    claim('org: a', ['b']),
    claim('org', ['a: b']),
    claim('org', ['a and user b']),
    claim('org', ['"a", "b"']),
    claim('org', ['a', '']),
    user('a', 'b'),
    user('a, b'),
    user('a\n'),
  ]
  const words = different.map(writtenCondition)
  assert.equal(new Set(words).size, words.length, words.join('\n'))
  assert.ok(words.every((text) => !/\p{C}/u.test(text)))
  assert.deepEqual([words[1], words[2], words[3]], ['claim org: "any"', 'claim org: a, b', 'claim org: "a, b"'])
})

test('a plan says the same in the same words', () => {
  const condition: Condition = {
    kind: 'api',
    negated: true,
    apis: [
      { value: 'Shop', at: place },
      { value: 'Pets', at: place },
    ],
  }
  const apis = ['Pets', 'Shop', 'Shop'].map((name, index) => ({ name, version: `${index}`, basePath: `/${index}` }))
  assert.equal(writtenCondition(condition), 'not api Pets, Shop')
  assert.equal(writtenPlanCondition({ kind: 'api', negated: true, apis: [0, 1, 2] }, apis), 'not api Pets, Shop')
})
