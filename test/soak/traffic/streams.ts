import assert from 'node:assert/strict'
import { assertForwarded, exchange } from '../exchange.ts'
import { eventCount } from '../steady-backend.ts'
import type { Traffic } from '../world.ts'

/** Server-sent events: a long answer that comes in drops. */
export const events: Traffic = {
  name: 'server-sent events',
  weight: 2,
  run: async (world) => {
    const id = `s${world.next()}`
    const got = await exchange(world, { path: `/steady/events/${id}`, fresh: true })
    assertForwarded(got)
    assert.equal(got.text, Array.from({ length: eventCount }, (_, number) => `data: ${id} ${number}\n\n`).join(''))
  },
}
