import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Naps } from '../../../../src/gateway/feeds/backoff.ts'

const never = new AbortController().signal
const long = 3_600_000

test('a pause that is woken ends, and so does the next one where none was under way', async () => {
  const naps = new Naps()
  const woken = naps.next(long, never)
  naps.wake()
  await woken
  naps.wake()
  naps.wake()
  await naps.next(long, never)
  let over = false
  const ended = new AbortController()
  const slept = naps.next(long, ended.signal).then(() => {
    over = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(over, false, 'it was woken once')
  ended.abort()
  await slept
})
