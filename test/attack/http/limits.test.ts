/** Everything that a stranger can make large or many is bounded. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { RequestHead } from '../../../src/gateway/http1/request-head.ts'
import { seen } from '../../wire/backend.ts'
import { Client } from '../../wire/client.ts'
import { limits, timeouts } from '../../wire/plan.ts'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start({ limits: { ...limits, maxConnections: 20 } })
})
after(() => gateway.stop())

const kib = 1024

describe('the target', () => {
  it('may have 8 KiB', async () => {
    const target = `/${'a'.repeat(8 * kib - 1)}`
    const answer = await gateway.ask(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    assert.equal(seen(answer).target, target)
  })

  it('may not have one byte more', () => gateway.refuses(`GET /${'a'.repeat(8 * kib)} HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`, 414))
  it('may not grow without end', () => gateway.refuses(`GET /${'a'.repeat(64 * kib)}`, 414))
  it('may not have a query without end', () => gateway.refuses(`GET /?${'a'.repeat(64 * kib)}`, 414))
})

describe('the head', () => {
  const lines = (bytes: number): string => `Host: a\r\nX: ${'a'.repeat(bytes - 14)}\r\n`

  it('may have 16 KiB of fields', async () => {
    assert.equal((await gateway.ask(`GET / HTTP/1.1\r\n${lines(16 * kib)}\r\n`)).status, 200)
  })

  it('may not have one byte more', () => gateway.refuses(`GET / HTTP/1.1\r\n${lines(16 * kib + 1)}\r\n${smuggled}`, 431))

  it('may have 100 fields', async () => {
    assert.equal((await gateway.ask(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(99)}\r\n`)).status, 200)
  })

  it('may not have one more', () => gateway.refuses(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(100)}\r\n${smuggled}`, 431))
  it('may not have fields without end', () => gateway.refuses(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(20_000)}`, 431))
  it('may not have a value without end', () => gateway.refuses(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(100_000)}`, 431))
  it('may not have a name without end', () => gateway.refuses(`GET / HTTP/1.1\r\nHost: a\r\n${'a'.repeat(100_000)}`, 431))
  it('may not have a method without end', () => gateway.refuses('A'.repeat(100_000), 414))
})

describe('the body', () => {
  const mib = 1024 * 1024

  it('that says that it is too large is refused before the backend hears of it', async () => {
    await gateway.refuses(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${mib + 1}\r\n\r\n`, 413)
    await gateway.refuses(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${Number.MAX_SAFE_INTEGER}\r\n\r\n`, 413)
  })

  it('may have just the size that is allowed', async () => {
    const next = gateway.backend.once(async (request) => {
      await request.whole
      request.respond('fine')
    })
    const body = Buffer.alloc(mib, 'a')
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${mib}\r\n\r\n`
    const answer = await gateway.ask(Buffer.concat([Buffer.from(head), body]))
    assert.equal(answer.status, 200)
    assert.ok((await (await next).whole).equals(body))
  })

  it('that turns out too large on its way is cut, and so is its request to the backend', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    const next = gateway.backend.next()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let sent = 0; sent <= mib; sent += 64 * kib) client.send(`10000\r\n${'a'.repeat(64 * kib)}\r\n`)
    const { status, message } = await answer
    assert.equal(status, 413)
    assert.equal(message.field('Connection'), 'close')
    const request = await next
    await request.closed
    assert.equal(request.message.complete, false)
    assert.ok(request.message.length <= mib)
    await client.destroy()
  })

  it('that is one huge chunk is counted as it comes', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n')
    client.send(Buffer.alloc(mib + 1, 'a'))
    assert.equal((await answer).status, 413)
    await client.destroy()
  })
})

describe('small pieces', () => {
  const bytes =
    'POST /a%2fb?c HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5;a=b\r\nabcde\r\n0\r\nX: y\r\n\r\n'

  it('of one byte each make the same request', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    for (const byte of bytes) {
      client.send(byte)
      // Lets the byte leave alone.
      await new Promise(setImmediate)
    }
    const { target, body } = seen(await answer)
    assert.deepEqual({ target, body }, { target: '/a%2Fb?c', body: 'abcde' })
    assert.equal(await client.closed, 'clean')
  })

  it('of one byte each are not read anew with each byte', async (test) => {
    const read = test.mock.method(RequestHead.prototype, 'read')
    const client = await gateway.connect()
    const answer = client.answer()
    const head = `GET /${'a'.repeat(8000)} HTTP/1.1\r\nHost: a\r\n${`X: ${'b'.repeat(150)}\r\n`.repeat(90)}\r\n`
    for (const byte of head) {
      client.send(byte)
      await new Promise(setImmediate)
    }
    assert.equal((await answer).status, 200)
    assert.ok(read.mock.callCount() < 200, `${read.mock.callCount()} times`)
    await client.destroy()
  })

  it('of one byte each are refused as soon as they can be', async () => {
    const client = await gateway.connect()
    const answer = client.answer()
    for (const byte of 'GET / HTTP/1.1\r\nHost: a\n') {
      client.send(byte)
      await new Promise(setImmediate)
    }
    assert.equal((await answer).status, 400)
    assert.equal(await client.closed, 'clean')
  })
})

describe('pipelined requests', () => {
  it('that come 10,000 at once are answered one after another', async () => {
    const count = 10_000
    const { backend } = gateway
    const started = backend.requests.length
    backend.handler = (request) => request.respond(request.target)
    const client = await gateway.connect()
    const answers = Array.from({ length: count }, () => client.answer())
    client.send(Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
    for (const [index, answer] of answers.entries()) assert.equal((await answer).message.text, `/${index}`)
    assert.equal(backend.requests.length - started, count)
    await client.destroy()
  })

  it('that are refused by the thousand do not pile up either', async () => {
    const count = 10_000
    const client = await gateway.connect()
    const answers = Array.from({ length: count }, () => client.answer())
    client.send('GET //none HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count))
    for (const answer of answers) assert.equal((await answer).status, 404)
    await client.destroy()
  })
})

describe('a client that asks and does not read', () => {
  it('is not answered without bound, and loses its connection', async () => {
    const strict = await OpenGateway.start({ timeouts: { ...timeouts, bodyIdle: 300 } })
    const count = 200_000
    const client = await strict.connect()
    client.socket.pause()
    client.send('GET //none HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count))
    await client.closed
    assert.ok(strict.local.accessLines.length < count / 2, `${strict.local.accessLines.length} requests were answered`)
    await strict.stop()
  })
})

describe('connections', () => {
  it('beyond the bound are closed at once', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => gateway.connect()))
    for (const client of clients) assert.equal((await client.request('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status, 200)
    const late = await Client.connect(gateway.port)
    assert.equal(await late.closed, 'clean')
    assert.equal(late.received, 0)
    for (const client of clients) await client.destroy()
  })
})
