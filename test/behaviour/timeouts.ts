import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { echo } from '../wire/backend.ts'
import type { Answer } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

/** In a gateway whose patience is short. Every test waits for it, so they wait together, each with a target of its own. */
export function timeouts(there: There): void {
  function code({ message }: Answer): unknown {
    return (JSON.parse(message.text) as { readonly code: unknown }).code
  }

  describe('a client that is slow', { concurrency: true }, () => {
    it('with its head gets 408', async () => {
      const client = await there().connect()
      const { status, message } = await client.request('GET /open/v1/echo HTTP/1.1\r\nHost: a\r\n')
      assert.deepEqual([status, message.field('Connection')], [408, 'close'])
      assert.equal(await client.closed, 'clean')
    })

    it('with its head gets 408 although a byte comes now and then', async () => {
      const client = await there().connect()
      const answer = client.answer()
      client.send('GET /open/v1/echo HTTP/1.1\r\n')
      const drip = setInterval(() => client.send('X: y\r\n'), 50)
      assert.equal((await answer).status, 408)
      clearInterval(drip)
      await client.destroy()
    })

    it('with its body gets 408, and the backend sees that it is cut', async () => {
      const client = await there().connect()
      const next = there().open.on('/v2/echo?slow', echo)
      const answer = client.answer('POST')
      client.send(requestText('POST', '/open/v1/echo?slow', ['Content-Length: 10']))
      const request = await next
      client.send('half')
      assert.equal((await answer).status, 408)
      assert.equal(await client.closed, 'clean')
      await request.closed
      assert.equal(request.message.complete, false)
    })

    it('to ask at all is disconnected', async () => {
      const client = await there().connect()
      assert.equal(await client.closed, 'clean')
      assert.equal(client.received, 0)
    })

    it('to ask again is disconnected', async () => {
      const client = await there().connect()
      assert.equal((await client.request(requestText('GET', '/open/v1/echo'))).status, 200)
      assert.equal(await client.closed, 'clean')
    })

    it('to read is cut, and its request to the backend with it', async () => {
      const client = await there().connect()
      const next = there().open.on('/v2/large', (request) => {
        const { socket } = request
        request.write('HTTP/1.1 200 OK\r\n\r\n')
        const piece = Buffer.alloc(1024 * 1024)
        const write = (): void => {
          while (!socket.destroyed && socket.write(piece)) {
            // Goes on until the socket is full.
          }
        }
        socket.on('drain', write)
        write()
      })
      client.socket.pause()
      client.send(requestText('GET', '/open/v1/large'))
      await (await next).closed
      await client.destroy()
    })
  })

  describe('a backend that is slow', { concurrency: true }, () => {
    it('to answer is a 504', async () => {
      const next = there().open.on('/v2/echo?silent', () => {})
      const answer = await there().ask('GET', '/open/v1/echo?silent')
      assert.deepEqual([answer.status, code(answer)], [504, 101504])
      await (await next).closed
    })

    it('to answer is a 504 for its operation alone, where that has a time of its own', async () => {
      const next = there().fragile.on('/hasty', () => {})
      assert.equal((await there().ask('GET', '/fragile/hasty')).status, 504)
      await (await next).closed
    })

    it('with its body has the answer cut', async () => {
      const client = await there().connect()
      const answer = client.answer()
      const next = there().open.on('/v2/echo?half', (request) => request.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
      client.send(requestText('GET', '/open/v1/echo?half'))
      await assert.rejects(answer)
      assert.ok(client.received > 0)
      assert.equal(await client.closed, 'cut')
      await (await next).closed
    })

    it('but alive is waited for', async () => {
      there().open.on('/v2/echo?alive', async (request) => {
        request.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n')
        for (const byte of 'late') {
          await new Promise((resolve) => setTimeout(resolve, 300))
          request.write(byte)
        }
      })
      assert.equal((await there().ask('GET', '/open/v1/echo?alive')).message.text, 'late')
    })
  })
}
