/**
 * A backend that answers before the upload has ended, in all the ways in which the two can go on: the client gets the answer or sees that
 * it is cut, the rest of its body never becomes a request, and neither connection is used again.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BackendRequest } from '../../wire/backend.ts'
import type { Client } from '../../wire/client.ts'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

type Upload = { readonly framing: string; readonly begin: string; readonly rest: string }

const large = 'x'.repeat(512 * 1024)
const uploads: Readonly<Record<string, Upload>> = {
  'a small body': { framing: 'Content-Length: 100', begin: 'part', rest: smuggled.padEnd(96, 'x') },
  'a large body': { framing: `Content-Length: ${2 * large.length}`, begin: large, rest: large },
  chunks: {
    framing: 'Transfer-Encoding: chunked',
    begin: '4\r\npart\r\n',
    rest: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
  },
  'a body that is yet to begin': { framing: 'Content-Length: 100', begin: '', rest: smuggled.padEnd(100, 'x') },
}

const head = 'HTTP/1.1 413 Content Too Large\r\n'
const answers: Readonly<Record<string, (request: BackendRequest) => void>> = {
  'with a length': (request) => void request.write(`${head}Content-Length: 6\r\n\r\nenough`),
  'in chunks': (request) => void request.write(`${head}Transfer-Encoding: chunked\r\n\r\n6\r\nenough\r\n0\r\n\r\n`),
  'and says that it closes': (request) => {
    request.write(`${head}Content-Length: 6\r\nConnection: close\r\n\r\nenough`)
    request.socket.end()
  },
  'up to the end of its connection': (request) => {
    request.write(`${head}\r\nenough`)
    request.socket.end()
  },
}

async function isOver(client: Client, request: BackendRequest): Promise<void> {
  await client.closed
  await request.closed
  assert.ok(!gateway.backend.requests.some(({ target }) => target === '/smuggled'))
  await nothingLeft(gateway.local, gateway.backend)
}

for (const [how, answerSo] of Object.entries(answers)) {
  describe(`an early answer ${how}`, () => {
    for (const [what, { framing, begin, rest }] of Object.entries(uploads)) {
      it(`to ${what} is the answer, and the last`, async () => {
        const client = await gateway.connect()
        const answer = client.answer('POST')
        const next = gateway.backend.once(answerSo)
        client.send(`POST /upload HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${begin}`)
        const { status, message } = await answer
        assert.deepEqual([status, message.text, message.field('Connection')], [413, 'enough', 'close'])
        client.send(rest + smuggled)
        const request = await next
        await isOver(client, request)
        assert.equal(request.message.complete, false)
      })
    }
  })
}

describe('a backend that answers early and is gone', () => {
  for (const [what, { framing, begin, rest }] of Object.entries(uploads)) {
    it(`amid ${what}: its answer, a 502, or a connection that is cut, and never two answers`, async () => {
      const client = await gateway.connect()
      const answer = client.answer('POST').then(
        ({ status }) => status,
        () => 'cut',
      )
      const next = gateway.backend.once((request) => {
        request.write(`${head}Content-Length: 6\r\n\r\nenough`)
        request.socket.resetAndDestroy()
      })
      client.send(`POST /upload HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${begin}`)
      client.send(rest)
      assert.ok([413, 502, 'cut'].includes(await answer))
      await client.destroy()
      await isOver(client, await next)
    })
  }
})

describe('an early answer that goes on while the upload goes on', () => {
  it('is whole when both have ended', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    const next = gateway.backend.once((request) => {
      request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n')
    })
    client.send('POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n')
    const request = await next
    await new Promise((resolve) => client.socket.once('data', resolve))
    client.send('4\r\nrest\r\n0\r\n\r\n')
    assert.equal((await request.whole).toString(), 'partrest')
    request.write('4\r\nlast\r\n0\r\n\r\n')
    assert.equal((await answer).message.text, 'firstlast')
    assert.equal(await client.closed, 'clean')
    await nothingLeft(gateway.local, gateway.backend)
  })
})
