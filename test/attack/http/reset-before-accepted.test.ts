/** A client that asks and resets its connection before the gateway has taken it: nobody can tell any more who that was. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, it } from 'node:test'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway } from './open-gateway.ts'

/** Another process, for which this one waits: the gateway takes no connection meanwhile. */
const askAndReset = `
  import { connect } from 'node:net'
  const socket = connect(Number(process.argv[1]), '127.0.0.1', () => {
    socket.write('POST /blind HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 0\\r\\n\\r\\n', () => socket.resetAndDestroy())
  })
`

let gateway: OpenGateway
beforeEach(async () => {
  gateway = await OpenGateway.start()
})
afterEach(() => gateway.stop())

it('is not served: its request would be of nobody', async () => {
  for (let client = 0; client < 3; client++)
    execFileSync(process.execPath, ['--input-type=module', '--eval', askAndReset, String(gateway.port)])
  assert.equal((await gateway.ask('GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status, 200)
  await nothingLeft(gateway.local, gateway.backend)
  assert.deepEqual(
    gateway.backend.requests.map(({ target }) => target),
    ['/next'],
  )
  assert.deepEqual(
    gateway.local.accessLines.map(({ path, address }) => [path, address]),
    [['/next', '127.0.0.1']],
  )
})
