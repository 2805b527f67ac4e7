/**
 * A client whose connection ends or is reset at every byte of its request: the backend gets the whole of a request or sees that it is cut,
 * nothing is left open, and the next client is served.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type BackendRequest, echo, seen } from '../../wire/backend.ts'
import type { Client } from '../../wire/client.ts'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

const head = 'POST /victim HTTP/1.1\r\nHost: a\r\n'
const requests: Readonly<Record<string, string>> = {
  'without a body': 'GET /victim HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n',
  'with a length': `${head}Content-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz`,
  'in chunks': `${head}Transfer-Encoding: chunked\r\n\r\n5;a="b"\r\nabcde\r\n10\r\nabcdefghijklmnop\r\n0\r\nX: y\r\n\r\n`,
  'behind another': `GET /first HTTP/1.1\r\nHost: a\r\n\r\n${head}Content-Length: 3\r\n\r\nabc`,
}

const endings: Readonly<Record<string, (client: Client) => unknown>> = {
  ended: (client) => client.socket.end(),
  reset: (client) => client.socket.resetAndDestroy(),
}

async function servesTheNext(): Promise<void> {
  assert.equal(seen(await gateway.ask('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')).target, '/next')
}

/** Whatever is sent, and however it is cut: requests that the backend took for whole are the ones that were sent whole. */
function assertOnlyWhole(got: readonly BackendRequest[], sent: number, name: string): void {
  const text = requests[name]!
  const whole = text.length === sent
  for (const { target, message } of got) {
    if (target === '/first') continue
    assert.equal(target, '/victim')
    if (message.complete) assert.ok(whole, `a request of ${sent} bytes was passed off as whole`)
  }
}

for (const [name, text] of Object.entries(requests)) {
  for (const [how, cut] of Object.entries(endings)) {
    describe(`a request ${name} whose connection is ${how}`, () => {
      it('at any byte leaves nothing behind', async () => {
        for (let sent = 0; sent <= text.length; sent++) {
          gateway.backend.requests.length = 0
          gateway.backend.handler = (request) => {
            if (request.target === '/first') request.respond('first')
          }
          const client = await gateway.connect()
          client.answer().catch(() => {})
          client.send(text.slice(0, sent))
          cut(client)
          await client.closed
          assertOnlyWhole(gateway.backend.requests, sent, name)
          gateway.backend.handler = echo
          if (sent % 8 === 0) await servesTheNext()
        }
        await servesTheNext()
        await nothingLeft(gateway.local, gateway.backend)
      })
    })
  }
}

for (const name of ['with a length', 'in chunks']) {
  const text = requests[name]!
  const bodyStart = text.indexOf('\r\n\r\n') + 4
  for (const [how, cut] of Object.entries(endings)) {
    it(`a request ${name} whose connection is ${how} at any byte of its body is cut for the backend that has it already`, async () => {
      for (let sent = bodyStart; sent < text.length; sent++) {
        const client = await gateway.connect()
        const next = gateway.backend.once(() => {})
        client.send(text.slice(0, sent))
        const request = await next
        cut(client)
        await request.closed
        assert.equal(request.message.complete, false, `at ${sent}`)
        assert.ok('abcdefghijklmnopqrstuvwxyzabcdeabcdefghijklmnop'.includes(request.message.text))
        await client.closed
        assert.equal(client.received, 0)
      }
      await servesTheNext()
      await nothingLeft(gateway.local, gateway.backend)
    })
  }
}

for (const [how, cut] of Object.entries(endings)) {
  it(`a client that is ${how} while its answer comes takes it with it, at any byte of the answer`, async () => {
    const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nfghij\r\n'
    for (let written = 0; written <= answer.length; written++) {
      const client = await gateway.connect()
      const next = gateway.backend.once((request) => {
        request.write(answer.slice(0, written))
      })
      client.answer().catch(() => {})
      client.send('GET /victim HTTP/1.1\r\nHost: a\r\n\r\n')
      const request = await next
      cut(client)
      await request.closed
      await client.closed
    }
    await servesTheNext()
    await nothingLeft(gateway.local, gateway.backend)
  })
}
