/** Many requests on one connection, good and bad ones, cut into pieces anywhere: each gets its own answer, and the backend what was meant. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

type Pipelined = {
  readonly text: string
  readonly method: string
  readonly status: number
  readonly forwarded: readonly [string, string] | null
}

const pipeline: readonly Pipelined[] = [
  { text: 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n', method: 'GET', status: 200, forwarded: ['/1', ''] },
  {
    text: 'POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\r\n\r\n0',
    method: 'POST',
    status: 200,
    forwarded: ['/2', '\r\n\r\n0'],
  },
  { text: '\r\nGET //none HTTP/1.1\r\nHost: a\r\n\r\n', method: 'GET', status: 404, forwarded: null },
  {
    text: 'POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n1a\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n0\r\nX: y\r\n\r\n',
    method: 'POST',
    status: 200,
    forwarded: ['/3', 'abcGET /x HTTP/1.1\r\nHost: a\r\n'],
  },
  { text: 'POST //none HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET ', method: 'POST', status: 404, forwarded: null },
  { text: 'HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n', method: 'HEAD', status: 200, forwarded: ['/4', ''] },
  {
    text: 'GET /5 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    method: 'GET',
    status: 200,
    forwarded: ['/5', ''],
  },
  { text: 'DELETE /6 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx', method: 'DELETE', status: 200, forwarded: ['/6', 'x'] },
]
const last: Pipelined = { text: 'GET /7 HTTP/1.1\r\nHost : a\r\n\r\n', method: 'GET', status: 400, forwarded: null }
const stream = [...pipeline, last].map(({ text }) => text).join('') + smuggled
const forwarded = pipeline.flatMap((request) => (request.forwarded === null ? [] : [request.forwarded]))

/** What the gateway makes of the stream when it comes in these pieces. */
async function served(pieces: readonly string[]): Promise<void> {
  gateway.backend.requests.length = 0
  const client = await gateway.connect()
  const answers = [...pipeline, last].map(({ method }) => client.answer(method))
  for (const piece of pieces) {
    client.send(piece)
    await new Promise(setImmediate)
  }
  for (const [index, answer] of answers.entries())
    assert.equal((await answer).status, [...pipeline, last][index]!.status, `answer ${index}`)
  assert.equal(await client.closed, 'clean')
  assert.deepEqual(
    gateway.backend.requests.map(({ target, message }) => [target, message.body.toString('latin1')]),
    forwarded,
  )
}

describe('a pipeline of requests with and without bodies, refused ones among them', () => {
  it('is served in order up to the first that cannot be understood', () => served([stream]))

  it('is served the same when it is cut in two anywhere', async () => {
    for (let at = 1; at < stream.length; at++) await served([stream.slice(0, at), stream.slice(at)])
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('is served the same when it comes byte by byte', () => served([...stream]))
})

describe('what stands behind the last request of a connection', () => {
  for (const line of ['Connection: close', 'connection: keep-alive, CLOSE', 'Connection: x\r\nConnection: close']) {
    it(`is no request: ${JSON.stringify(line)}`, async () => {
      gateway.backend.requests.length = 0
      const client = await gateway.connect()
      const answer = client.answer()
      client.send(`GET /last HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n${smuggled}`)
      assert.equal((await answer).status, 200)
      assert.equal(await client.closed, 'clean')
      assert.deepEqual(
        gateway.backend.requests.map(({ target }) => target),
        ['/last'],
      )
    })
  }

  it('is no request in HTTP/1.0', async () => {
    gateway.backend.requests.length = 0
    const client = await gateway.connect()
    const answer = client.answer()
    client.send(`GET /last HTTP/1.0\r\n\r\n${smuggled}`)
    assert.equal((await answer).status, 200)
    assert.equal(await client.closed, 'clean')
    assert.equal(gateway.backend.requests.length, 1)
  })
})

describe('Expect: 100-continue', () => {
  const expecting = 'POST /expect HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n'

  it('without a body asks for nothing', async () => {
    const { status, interim } = await gateway.ask(`${expecting}Content-Length: 0\r\n\r\n`)
    assert.deepEqual([status, interim.length], [200, 0])
  })

  it('is not answered where the body comes without waiting, and the body is whole', async () => {
    const next = gateway.backend.next()
    const { status, interim } = await gateway.ask(`${expecting}Content-Length: 3\r\n\r\nabc`)
    assert.deepEqual([status, interim.length], [200, 0])
    assert.equal((await (await next).whole).toString(), 'abc')
  })

  it('is answered once, whatever the backend says', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    gateway.backend.once(async (request) => {
      request.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(3))
      await request.whole
      request.respond('fine')
    })
    client.send(`${expecting}Transfer-Encoding: chunked\r\n\r\n`)
    await new Promise((resolve) => client.socket.once('data', resolve))
    client.send('3\r\nabc\r\n0\r\n\r\n')
    const { message, interim } = await answer
    assert.deepEqual([message.text, interim.length], ['fine', 1])
    await client.destroy()
  })

  it('of a client that then sends another request: that is its body', async () => {
    gateway.backend.requests.length = 0
    const client = await gateway.connect()
    const answer = client.answer('POST')
    client.send(`${expecting}Content-Length: ${smuggled.length}\r\n\r\n`)
    await new Promise((resolve) => client.socket.once('data', resolve))
    client.send(smuggled)
    assert.equal((await answer).status, 200)
    assert.equal(gateway.backend.requests.length, 1)
    assert.equal(gateway.backend.requests[0]?.message.text, smuggled)
    await client.destroy()
  })
})
