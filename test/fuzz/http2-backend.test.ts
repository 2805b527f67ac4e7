import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Http2BackendPlay } from './http2-backend.ts'
import { runPlays } from './plays.ts'

const count = 500

it(`${count} scenarios of HTTP/2 backends in raw frames give every client a well-formed answer or a cut, and leave nothing behind`, async () => {
  const { failures } = await runPlays([await Http2BackendPlay.start()], 7, (done) => done === count)
  for (const { index, wrong } of failures) assert.fail(`scenario ${index}: ${wrong}`)
})
