import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationAt, formatDuration, parseDuration } from '../../../../src/compiler/model/duration.ts'
import { reported, yamlNode } from './yaml-node.ts'

test('every unit of a duration is read as milliseconds', () => {
  assert.deepEqual(['250ms', '5s', '1m', '2h', '1d', '0s'].map(parseDuration), [250, 5000, 60_000, 7_200_000, 86_400_000, 0])
})

test('what is no duration gives null', () => {
  for (const text of ['', '5', 's', '5 s', '-5s', '1.5s', '5S', '1h30m', '5s\n', '9999999999999s', '999999999999d']) {
    assert.equal(parseDuration(text), null, text)
  }
})

test('a duration is written in the largest unit that divides it, and reads back', () => {
  assert.deepEqual([0, 250, 5000, 90_000, 3_600_000, 172_800_000].map(formatDuration), ['0s', '250ms', '5s', '90s', '1h', '2d'])
})

test('a duration at a node is bounded', () => {
  const { node, access, diagnostics } = yamlNode('5s')
  assert.equal(durationAt(node, 1000, 10_000, access), 5000)
  assert.equal(durationAt(node, 6000, 10_000, access), null)
  assert.equal(durationAt(node, 1000, 4000, access), null)
  assert.equal(diagnostics.sorted.length, 2)
})

test('a number without unit is no duration', () => {
  const { node, access, diagnostics } = yamlNode('head: 5')
  assert.equal(node.kind === 'object' && access.optional(node, 'head', (value) => durationAt(value, 0, 10_000, access)), null)
  assert.deepEqual(reported(diagnostics), ['1:7 invalid-project `head` must be a duration from 0s to 10s'])
})
