import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Http2Play } from './http2.ts'
import { runPlays } from './plays.ts'

const count = 1000

it(`${count} connections of HTTP/2 clients in raw frames bring the backend nothing that was not sent, and leave nothing behind`, async () => {
  const { failures } = await runPlays([await Http2Play.start()], 9, (done) => done === count)
  for (const { index, wrong } of failures) assert.fail(`scenario ${index}: ${wrong}`)
})
