/** data-plane.md, "From the backend": an answer that two readers could take differently is not passed on, and taints nothing else. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type BackendRequest, echo, seen } from '../../wire/backend.ts'
import { Client } from '../../wire/client.ts'
import { assertProblem, OpenGateway } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

const get = 'GET /victim HTTP/1.1\r\nHost: a\r\n\r\n'

/** The backend answers the next request with these bytes, and leaves its connection open. */
function answerWith(bytes: string): Promise<BackendRequest> {
  return gateway.backend.once((request) => {
    request.write(bytes)
  })
}

/** The next request on the same client connection gets its own answer, from another connection to the backend. */
async function assertUntainted(client: Client, tainted: BackendRequest): Promise<void> {
  await tainted.closed
  const next = gateway.backend.once(echo)
  const answer = await client.request('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal(seen(answer).target, '/next')
  assert.notEqual((await next).connection, tainted.connection)
}

function badGateway(cases: Readonly<Record<string, string>>): void {
  for (const [name, bytes] of Object.entries(cases)) {
    it(`${name} → 502`, async () => {
      const client = await gateway.connect()
      const next = answerWith(bytes)
      const answer = await client.request(get)
      assert.equal(answer.status, 502)
      assertProblem(answer)
      assert.equal(answer.message.field('Connection'), undefined)
      await assertUntainted(client, await next)
      await client.destroy()
    })
  }
}

const ok = 'HTTP/1.1 200 OK\r\n'

describe('a status line', () => {
  badGateway({
    'of HTTP/2': 'HTTP/2 200\r\n\r\n',
    'of HTTP/2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'of HTTP/1.2': 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n',
    'of HTTP/0.9': 'hello, world\r\n\r\n',
    'in lower case': 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'of ICY': 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n',
    'with status 600': 'HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n',
    'with status 000': 'HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n',
    'with status 099': 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
    'with status 999': 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n',
    'with status 20': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
    'with status 2000': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
    'with status -200': 'HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n',
    'with status two hundred': 'HTTP/1.1 two OK\r\nContent-Length: 0\r\n\r\n',
    'with two spaces': 'HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n',
    'with a tab': 'HTTP/1.1\t200 OK\r\nContent-Length: 0\r\n\r\n',
    'with NUL': 'HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n',
    'with bare LF': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    'with bare CR': 'HTTP/1.1 200 OK\rX: y\r\nContent-Length: 0\r\n\r\n',
    'behind an empty line': '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'that is a request': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  })
})

describe('field lines', () => {
  badGateway({
    'with bare LF': `${ok}Content-Length: 0\nX: y\r\n\r\n`,
    'with bare CR': `${ok}X: y\rContent-Length: 0\r\n\r\n`,
    'that are folded': `${ok}X: y\r\n z\r\nContent-Length: 0\r\n\r\n`,
    'with space in front of the colon': `${ok}Content-Length : 0\r\n\r\n`,
    'with an empty name': `${ok}: y\r\nContent-Length: 0\r\n\r\n`,
    'without a colon': `${ok}X\r\nContent-Length: 0\r\n\r\n`,
    'with NUL': `${ok}X: \0\r\nContent-Length: 0\r\n\r\n`,
    'with a control character': `${ok}X: \x07\r\nContent-Length: 0\r\n\r\n`,
    'of more than 32 KiB': `${ok}X: ${'y'.repeat(33 * 1024)}\r\nContent-Length: 0\r\n\r\n`,
    'without end': `${ok}${'X: y\r\n'.repeat(10_000)}`,
    'of one value without end': `${ok}X: ${'y'.repeat(100_000)}`,
    'that are more than 500': `${ok}${'X: y\r\n'.repeat(501)}\r\n`,
  })

  it('may be 500', async () => {
    answerWith(`${ok}Content-Length: 0\r\n${'X: y\r\n'.repeat(499)}\r\n`)
    assert.equal((await gateway.ask(get)).message.values('X').length, 499)
  })

  it('behind the chunks are dropped', async () => {
    answerWith(`${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\nSet-Cookie: a=b\r\nX-Request-Id: theirs\r\n\r\n`)
    const { message } = await gateway.ask(get)
    assert.deepEqual([message.text, message.values('Set-Cookie')], ['fine', []])
    assert.notEqual(message.field('X-Request-Id'), 'theirs')
  })
})

describe('framing', () => {
  badGateway({
    'by Content-Length and Transfer-Encoding': `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'by two lengths': `${ok}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`,
    'by two equal lengths': `${ok}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
    'by a list of lengths': `${ok}Content-Length: 0, 0\r\n\r\n`,
    'by a length with a sign': `${ok}Content-Length: +0\r\n\r\n`,
    'by a length that is empty': `${ok}Content-Length:\r\n\r\n`,
    'by a length that no number can hold': `${ok}Content-Length: 99999999999999999999\r\n\r\n`,
    'by an unknown encoding': `${ok}Transfer-Encoding: gzip\r\n\r\n`,
    'by two encodings': `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    'by the same encoding twice': `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'by chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  })
})

describe('a framing field with an underscore', () => {
  it('is none, and is not passed on', async () => {
    answerWith(`${ok}Transfer_Encoding: chunked\r\nContent_Length: 100\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`)
    const { message } = await gateway.ask(get)
    assert.equal(message.text, '0\r\n\r\n')
    assert.deepEqual([message.values('Transfer_Encoding'), message.values('Content_Length')], [[], []])
  })
})

describe('interim answers', () => {
  badGateway({
    'that switch protocols unasked': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'without end': 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000),
    'with a body that looks like an answer': `HTTP/1.1 103 Early Hints\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n`,
  })

  it('that switch protocols are refused to those who ask, too', async () => {
    const client = await gateway.connect()
    const next = answerWith('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw bytes')
    const upgrade = 'GET /victim HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    assert.equal((await client.request(upgrade)).status, 502)
    await assertUntainted(client, await next)
    await client.destroy()
  })
})

describe('bytes that nobody asked for', () => {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'

  /** The answer is passed on as it should be; what stands behind it is not, and the backend's connection is not used again. */
  function poisoned(name: string, request: string, bytes: string, expected: { status: number; body: string }): void {
    it(name, async () => {
      const client = await gateway.connect()
      const next = answerWith(bytes + poison)
      const answer = await client.request(request)
      assert.deepEqual({ status: answer.status, body: answer.message.text }, expected)
      await assertUntainted(client, await next)
      await client.destroy()
    })
  }

  const head = 'HEAD /victim HTTP/1.1\r\nHost: a\r\n\r\n'
  poisoned('behind a body with a length', get, `${ok}Content-Length: 4\r\n\r\nfine`, { status: 200, body: 'fine' })
  poisoned('behind an empty body', get, `${ok}Content-Length: 0\r\n\r\n`, { status: 200, body: '' })
  poisoned('behind a chunked body', get, `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n`, { status: 200, body: 'fine' })
  poisoned('behind an answer to HEAD', head, `${ok}Content-Length: 100\r\n\r\n`, { status: 200, body: '' })
  poisoned('behind a chunked answer to HEAD', head, `${ok}Transfer-Encoding: chunked\r\n\r\n`, { status: 200, body: '' })
  poisoned('behind 204', get, 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' })
  poisoned('behind 204 with a length', get, 'HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n', { status: 204, body: '' })
  poisoned('behind 204 with chunks', get, 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', { status: 204, body: '' })
  poisoned('behind 304', get, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n', { status: 304, body: '' })

  it('on a connection that is idle close it', async () => {
    const client = await gateway.connect()
    const next = gateway.backend.once(echo)
    assert.equal((await client.request(get)).status, 200)
    const request = await next
    request.write(poison)
    await assertUntainted(client, request)
    await client.destroy()
  })

  it('behind an answer, a moment later, close the connection', async () => {
    const client = await gateway.connect()
    const next = gateway.backend.once((request) => {
      request.respond('fine')
      setImmediate(() => request.write(poison))
    })
    assert.equal((await client.request(get)).message.text, 'fine')
    await assertUntainted(client, await next)
    await client.destroy()
  })

  it('behind an answer that ends the connection go with it', async () => {
    const client = await gateway.connect()
    const next = gateway.backend.once((request) => {
      request.respond('fine', ['Connection: close'])
      request.socket.end()
    })
    assert.equal((await client.request(get)).message.text, 'fine')
    await assertUntainted(client, await next)
    await client.destroy()
  })
})

describe('an answer longer than it says', () => {
  for (const [name, length, expected] of [
    ['by one byte', 4, 'fine'],
    ['by all of it', 0, ''],
  ] as const) {
    it(`${name} ends where it says`, async () => {
      const client = await gateway.connect()
      const next = answerWith(`${ok}Content-Length: ${length}\r\n\r\nfine!`)
      assert.equal((await client.request(get)).message.text, expected)
      await assertUntainted(client, await next)
      await client.destroy()
    })
  }
})

describe('a body that is cut short or malformed', () => {
  const bodies: Readonly<Record<string, string>> = {
    'by its length': `${ok}Content-Length: 10\r\n\r\nhalf`,
    'within a chunk': `${ok}Transfer-Encoding: chunked\r\n\r\na\r\nhalf`,
    'before the last chunk': `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`,
    'before the end of the trailers': `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n`,
  }
  for (const [name, bytes] of Object.entries(bodies)) {
    it(`${name}: a closed connection is not passed off as the end`, async () => {
      const client = await gateway.connect()
      const answer = client.answer()
      gateway.backend.once((request) => {
        request.write(bytes)
        request.socket.end()
      })
      client.send(get)
      await assert.rejects(answer)
      assert.equal(await client.closed, 'cut')
    })

    it(`${name}: a reset is not passed off as the end`, async () => {
      const client = await gateway.connect()
      const answer = client.answer()
      const begun = new Promise((resolve) => client.socket.once('data', resolve))
      const next = answerWith(bytes)
      client.send(get)
      const request = await next
      await begun
      request.socket.resetAndDestroy()
      await assert.rejects(answer)
      assert.equal(await client.closed, 'cut')
    })
  }

  const malformed: Readonly<Record<string, string>> = {
    'a size with 0x': '0x4\r\nfine\r\n0\r\n\r\n',
    'a size with a space': '4 \r\nfine\r\n0\r\n\r\n',
    'a size of nine digits': '000000004\r\nfine\r\n0\r\n\r\n',
    'bare LF': '4\nfine\n0\n\n',
    'a chunk that is too long': '4\r\nfine!\r\n0\r\n\r\n',
    'bare CR in an extension': '4;\ra\r\nfine\r\n0\r\n\r\n',
    'a Content-Length in the trailers': '4\r\nfine\r\n0\r\nContent-Length: 4\r\n\r\n',
  }
  for (const [name, body] of Object.entries(malformed)) {
    it(`with ${name}: the client sees no clean end, and no smuggled bytes`, async () => {
      const client = await gateway.connect()
      const answer = client.answer()
      const next = answerWith(`${ok}Transfer-Encoding: chunked\r\n\r\n${body}`)
      client.send(get)
      await assert.rejects(answer)
      assert.equal(await client.closed, 'cut')
      await (await next).closed
    })
  }

  it('for an HTTP/1.0 client, whose end is the end of the connection: the connection is reset', async () => {
    const client = await gateway.connect()
    const answer = client.answer()
    const begun = new Promise((resolve) => client.socket.once('data', resolve))
    const reset = new Promise((resolve) => client.socket.once('error', resolve))
    const next = answerWith(`${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`)
    client.send('GET / HTTP/1.0\r\n\r\n')
    const request = await next
    await begun
    request.socket.destroy()
    await assert.rejects(answer)
    assert.equal(await client.closed, 'cut')
    assert.match(String(await reset), /ECONNRESET/)
  })
})

describe('a backend that goes away', () => {
  for (const [name, bytes] of Object.entries({
    'without a byte': '',
    'within the status line': 'HTTP/1.1 2',
    'within the head': `${ok}X: y\r\n`,
  })) {
    it(`${name} → 502`, async () => {
      gateway.backend.once((request) => {
        request.write(bytes)
        request.socket.end()
      })
      const answer = await gateway.ask('POST /victim HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
      assert.equal(answer.status, 502)
      assertProblem(answer)
    })
  }
})

describe('an answer before the request is complete', () => {
  it('is passed on, and neither connection is used again', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    const next = gateway.backend.once((request) => request.respond('enough', [], '413 Content Too Large'))
    client.send('POST /victim HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\npart')
    const { status, message } = await answer
    assert.deepEqual([status, message.text, message.field('Connection')], [413, 'enough', 'close'])
    assert.equal(await client.closed, 'clean')
    await (await next).closed
    const other = await Client.connect(gateway.port)
    assert.equal(seen(await other.request('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')).target, '/next')
    await other.destroy()
  })

  it('does not let the rest of the body become a request', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    gateway.backend.once((request) => request.respond('enough'))
    const requests = gateway.backend.requests.length
    client.send('POST /victim HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
    assert.equal((await answer).status, 200)
    client.send('GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal(await client.closed, 'clean')
    assert.equal(gateway.backend.requests.length, requests + 1)
  })
})

describe('fields for this hop', () => {
  it('are not passed on', async () => {
    const lines = [
      'Connection: close, X-Hop',
      'X-Hop: 1',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: close',
      'TE: x',
      'Trailer: X',
      'Upgrade: h2c',
      'X-Request-Id: theirs',
    ]
    gateway.backend.once((request) => request.respond('fine', [...lines, 'X-End: 1']))
    const { message } = await gateway.ask(get)
    const names = message.fields.map(([name]) => name.toLowerCase())
    assert.deepEqual(names.toSorted(), ['content-length', 'date', 'x-end', 'x-request-id'])
    assert.notEqual(message.field('X-Request-Id'), 'theirs')
  })
})
