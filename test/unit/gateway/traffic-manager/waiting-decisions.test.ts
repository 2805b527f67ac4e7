/** Decisions without room. Times are milliseconds since the epoch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WaitingDecisions } from '../../../../src/gateway/traffic-manager/waiting-decisions.ts'

test('those that wait are placed when there is room, and those that have ended are not', () => {
  const waiting = new WaitingDecisions()
  for (const [key, until] of [
    ['ended', 1_000],
    ['placed', 9_000],
    ['not placed', 9_000],
    ['taken back', 9_000],
    ['decided anew', 9_000],
  ] as const)
    waiting.add(key, until)
  waiting.add('taken back', 0)
  waiting.drop('decided anew')
  const asked: string[] = []
  const place = (key: string): boolean => asked.push(key) > 0 && key === 'placed'
  assert.equal(waiting.placeAll(1_000, place), false)
  assert.deepEqual(asked, ['placed', 'not placed'])
  assert.equal(waiting.placeAll(9_000, place), true)
  assert.equal(asked.length, 2)
})

test('of more than are kept it is known when the last one ends', () => {
  const waiting = new WaitingDecisions()
  for (let index = 0; index < 10_000; index++) waiting.add(`${index}`, 5_000)
  waiting.add('one more', 9_000)
  assert.equal(
    waiting.placeAll(4_000, () => true),
    false,
  )
  assert.equal(
    waiting.placeAll(9_000, () => true),
    true,
  )
})
