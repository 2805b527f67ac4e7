import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { seen } from '../wire/backend.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function clientConnections(there: There): void {
  const get = requestText('GET', '/open/v1/echo')

  describe('a client connection', () => {
    it('serves one request after another', async () => {
      const client = await there().connect()
      for (let count = 0; count < 3; count++) {
        const { status, message } = await client.request(get)
        assert.deepEqual([status, message.field('Connection')], [200, undefined])
      }
      await client.destroy()
    })

    it('is closed after the answer where the client says so', async () => {
      const client = await there().connect()
      const { message } = await client.request(requestText('GET', '/open/v1/echo', ['Connection: close']))
      assert.equal(message.field('Connection'), 'close')
      assert.equal(await client.closed, 'clean')
    })

    it('answers pipelined requests in their order, however long each takes', async () => {
      const client = await there().connect()
      const { open } = there()
      const first = open.once(() => {})
      const targets = ['/open/v1/items/1', '/open/v1/items/2', '/open/v1/items/3']
      const answers = targets.map(() => client.answer())
      const requests = open.requests.length
      client.send(targets.map((target) => requestText('GET', target)).join(''))
      const request = await first
      assert.equal(open.requests.length, requests + 1)
      request.respond(JSON.stringify({ target: request.target }))
      const got = await Promise.all(answers)
      assert.deepEqual(
        got.map((answer) => seen(answer).target),
        ['/v2/items/1', '/v2/items/2', '/v2/items/3'],
      )
      await client.destroy()
    })

    it('may begin a request with an empty line', async () => {
      const client = await there().connect()
      assert.equal((await client.request(get)).status, 200)
      const answer = client.answer()
      client.send(`\r\n${get}`)
      assert.equal((await answer).status, 200)
      await client.destroy()
    })

    it('of HTTP/1.0 is closed after the answer, which says HTTP/1.1', async () => {
      const client = await there().connect()
      const next = there().open.next()
      const { status, message } = await client.request('GET /open/v1/echo HTTP/1.0\r\n\r\n')
      assert.deepEqual([status, message.field('Connection')], [200, 'close'])
      assert.equal(await client.closed, 'clean')
      const request = await next
      assert.deepEqual([request.version, request.field('via'), request.field('x-forwarded-host')], ['HTTP/1.1', '1.0 postern', undefined])
    })

    it('of HTTP/1.0 is kept where the client asks for it', async () => {
      const client = await there().connect()
      for (let count = 0; count < 2; count++) {
        const { message } = await client.request('GET /open/v1/echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
        assert.equal(message.field('Connection'), 'keep-alive')
      }
      await client.destroy()
    })

    it('of HTTP/1.0 gets an answer of unknown length up to the end of the connection', async () => {
      const client = await there().connect()
      there().open.once((request) => request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'))
      const { message } = await client.request('GET /open/v1/echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
      assert.deepEqual([message.text, message.field('Transfer-Encoding'), message.field('Connection')], ['hello', undefined, 'close'])
      assert.equal(await client.closed, 'clean')
    })

    it('that goes away takes its request to the backend with it', async () => {
      for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
        const client = await there().connect()
        const next = there().open.once(() => {})
        client.send(get)
        const request = await next
        client.socket[leave]()
        await request.closed
        await client.destroy()
      }
    })

    it('that goes away amid its answer takes it with it', async () => {
      const client = await there().connect()
      const next = there().open.once((request) => request.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
      const begun = once(client.socket, 'data')
      client.answer().catch(() => {})
      client.send(get)
      const request = await next
      await begun
      client.socket.destroy()
      await request.closed
    })

    it('that goes away amid its body takes it with it', async () => {
      const client = await there().connect()
      const next = there().open.next()
      client.send(requestText('POST', '/open/v1/echo', ['Content-Length: 100']))
      const request = await next
      client.socket.destroy()
      await request.closed
      assert.equal(request.message.complete, false)
    })
  })
}
