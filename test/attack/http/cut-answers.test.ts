/**
 * A backend whose connection ends or is reset at every byte of its answer, on a new connection and on one that was used before: the client
 * gets the whole, a 502, or sees that the answer is cut; nothing is left open, and the next request is served.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BackendRequest } from '../../wire/backend.ts'
import type { Client } from '../../wire/client.ts'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { assertProblem, OpenGateway } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

const content = 'abcdefghij'
const ok = 'HTTP/1.1 200 OK\r\n'
const answers: Readonly<Record<string, string>> = {
  'with a length': `${ok}Content-Length: 10\r\n\r\n${content}`,
  'in chunks': `${ok}Transfer-Encoding: chunked\r\n\r\n4;a=b\r\nabcd\r\n6\r\nefghij\r\n0\r\nX: y\r\n\r\n`,
  'up to the end of the connection': `${ok}X: y\r\n\r\n${content}`,
  'behind an interim one': `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 10\r\n\r\n${content}`,
}

const endings: Readonly<Record<string, (request: BackendRequest) => unknown>> = {
  ended: (request) => request.socket.end(),
  reset: (request) => request.socket.resetAndDestroy(),
}

type Outcome = { readonly kind: 'refused' } | { readonly kind: 'whole'; readonly text: string } | { readonly kind: 'cut' }

/** What the client must get when `written` bytes of the answer have come. */
function expected(name: string, answer: string, written: number, how: string): Outcome {
  const finalHead = answer.indexOf(ok)
  const bodyStart = answer.indexOf('\r\n\r\n', finalHead) + 4
  if (written < bodyStart) return { kind: 'refused' }
  if (name === 'up to the end of the connection')
    return how === 'ended' ? { kind: 'whole', text: answer.slice(bodyStart, written) } : { kind: 'cut' }
  return written === answer.length ? { kind: 'whole', text: content } : { kind: 'cut' }
}

async function outcome(client: Client, method: string): Promise<Outcome> {
  try {
    const answer = await client.request(
      `${method} /victim HTTP/1.1\r\nHost: a\r\n${method === 'POST' ? 'Content-Length: 1\r\n\r\nx' : '\r\n'}`,
    )
    if (answer.status !== 502) return { kind: 'whole', text: answer.message.text }
    assertProblem(answer)
    assert.equal(answer.message.field('Connection'), undefined)
    return { kind: 'refused' }
  } catch {
    assert.equal(await client.closed, 'cut')
    return { kind: 'cut' }
  }
}

const plain = 'GET /plain HTTP/1.1\r\nHost: a\r\n\r\n'

for (const [name, answer] of Object.entries(answers)) {
  for (const [how, cut] of Object.entries(endings)) {
    describe(`an answer ${name} on a connection that is ${how}`, () => {
      for (const [which, method] of [
        ['new', 'GET'],
        ['used', 'POST'],
      ] as const) {
        it(`at any byte of a ${which} connection`, async () => {
          gateway.backend.handler = (request) => request.respond('fine')
          for (let written = 0; written <= answer.length; written++) {
            if (which === 'new') await gateway.backend.dropConnections()
            const client = await gateway.connect()
            if (which === 'used') assert.equal((await client.request(plain)).status, 200)
            const victim = gateway.backend.on('/victim', (request) => {
              request.write(answer.slice(0, written))
              cut(request)
            })
            assert.deepEqual(await outcome(client, method), expected(name, answer, written, how), `at ${written}`)
            const request = await victim
            await request.closed
            const other = await gateway.connect()
            assert.equal((await other.request(plain)).message.text, 'fine')
            assert.notEqual(gateway.backend.requests.at(-1)?.connection, request.connection)
            await other.destroy()
            await client.destroy()
          }
          await nothingLeft(gateway.local, gateway.backend)
        })
      }
    })
  }
}

describe('a backend that stops amid a request', () => {
  for (const [how, cut] of Object.entries(endings)) {
    for (const [framing, body] of [
      ['Content-Length: 1000', 'abc'],
      ['Transfer-Encoding: chunked', '3\r\nabc\r\n'],
    ]) {
      it(`whose connection is ${how} amid a request with ${framing}: 502, and the rest is not taken for a request`, async () => {
        const client = await gateway.connect()
        const answer = client.answer('POST')
        const next = gateway.backend.on('/upload', cut)
        client.send(`POST /upload HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${body}`)
        assert.equal((await answer).status, 502)
        await (await next).closed
        client.send('GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n')
        if (framing?.startsWith('T')) assert.equal(await client.closed, 'clean')
        await client.destroy()
        assert.ok(!gateway.backend.requests.some(({ target }) => target === '/smuggled'))
        await nothingLeft(gateway.local, gateway.backend)
      })
    }
  }
})

describe('for a client of HTTP/1.0, an answer of unknown length', () => {
  for (const name of ['in chunks', 'up to the end of the connection']) {
    it(`${name}, that is reset at any byte of its body, ends in a reset`, async () => {
      const answer = answers[name]!
      for (let written = answer.indexOf('\r\n\r\n') + 4; written < answer.length; written++) {
        const client = await gateway.connect()
        const reset = new Promise<NodeJS.ErrnoException>((resolve) => client.socket.once('error', resolve))
        const asked = assert.rejects(client.answer())
        gateway.backend.on('/victim', (request) => {
          request.write(answer.slice(0, written))
          request.socket.resetAndDestroy()
        })
        client.send('GET /victim HTTP/1.0\r\n\r\n')
        assert.equal((await reset).code, 'ECONNRESET')
        await asked
        assert.equal(await client.closed, 'cut')
      }
      await nothingLeft(gateway.local, gateway.backend)
    })
  }
})
