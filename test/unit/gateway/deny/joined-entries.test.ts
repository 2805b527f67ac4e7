import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConditionPlan } from '../../../../src/contract/plan/condition.ts'
import { joinedEntries } from '../../../../src/gateway/deny/joined-entries.ts'

function user(...values: readonly string[]): ConditionPlan {
  return { kind: 'user', negated: false, values }
}

function header(name: string, values: readonly string[] | 'any'): ConditionPlan {
  return { kind: 'header', negated: false, name, values }
}

function address(range: string): ConditionPlan {
  return { kind: 'address', negated: false, ranges: [range] }
}

test('entries that ask one thing each are one with all their values', () => {
  const entries = [
    [address('192.0.2.1')],
    [user('a')],
    [address('2001:db8::/32')],
    [user('b', 'c')],
    [header('x', ['1'])],
    [header('x', ['2'])],
  ]
  assert.deepEqual(joinedEntries(entries), [
    [{ kind: 'address', negated: false, ranges: ['192.0.2.1', '2001:db8::/32'] }],
    [user('a', 'b', 'c')],
    [header('x', ['1', '2'])],
  ])
})

test('what asks for several things, for the opposite, for anything, or for another field stays by itself', () => {
  const negated = { ...user('a'), negated: true }
  const entries = [
    [user('a'), address('192.0.2.1')],
    [negated],
    [user('b')],
    [header('x', 'any')],
    [header('x', ['1'])],
    [header('y', ['1'])],
  ]
  const joined = joinedEntries(entries)
  assert.equal(joined.length, entries.length)
  for (const entry of entries) assert.ok(joined.some((each) => JSON.stringify(each) === JSON.stringify(entry)))
})

test('an entry without conditions denies everything, and goes on doing so', () => {
  assert.deepEqual(joinedEntries([[], [user('a')]]), [[user('a')], []])
})

test('a list of ten thousand addresses is one condition', () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => [address(`10.0.${index >> 8}.${index & 255}`)])
  assert.equal(joinedEntries(entries).length, 1)
})
