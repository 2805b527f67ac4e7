import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { type BackendRequest, seen } from '../wire/backend.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

const mib = 1024 * 1024

/** Bytes that are different everywhere, so that any that are lost, doubled or swapped show. */
function patterned(bytes: number, seed: number): Buffer {
  const content = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) content.writeUInt32LE(Math.imul(at + seed, 0x9e3779b1) >>> 0, at)
  return content
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** How many bytes have left the process. */
function sent(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength
}

/** What is held at the most between two ends: the kernel's buffers of two connections, and what little the gateway holds itself. */
const held = 32 * mib

export function bodies(there: There): void {
  describe('a request body', () => {
    it('with a length reaches the backend with that length', async () => {
      const answer = seen(await there().ask('POST', '/open/v1/echo', [], 'hello'))
      assert.equal(answer.body, 'hello')
      assert.deepEqual(
        answer.fields.filter(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name)),
        [['Content-Length', '5']],
      )
    })

    it('in chunks reaches the backend in chunks', async () => {
      const client = await there().connect()
      const chunks = '5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nX-T: y\r\n\r\n'
      const answer = seen(await client.request(`${requestText('POST', '/open/v1/echo', ['Transfer-Encoding: chunked'])}${chunks}`))
      assert.equal(answer.body, 'hello, world')
      assert.deepEqual(
        answer.fields.filter(([name]) => /^(?:content-length|transfer-encoding|x-t)$/i.test(name)),
        [['Transfer-Encoding', 'chunked']],
      )
      await client.destroy()
    })

    it('that is empty reaches the backend as that', async () => {
      const answer = seen(await there().ask('POST', '/open/v1/echo', ['Content-Length: 0']))
      assert.deepEqual(
        answer.fields.filter(([name]) => /^content-length$/i.test(name)),
        [['Content-Length', '0']],
      )
    })

    it('may go with GET and DELETE, too', async () => {
      for (const method of ['GET', 'DELETE']) assert.equal(seen(await there().ask(method, '/open/v1/echo', [], 'body')).body, 'body')
    })

    it('reaches the backend as it comes', async () => {
      const client = await there().connect()
      const next = there().open.next()
      const answer = client.answer('POST')
      client.send(requestText('POST', '/open/v1/echo', ['Content-Length: 10']))
      const request = await next
      for (const [index, piece] of ['first', 'later'].entries()) {
        const arrived = once(request.socket, 'data')
        client.send(piece)
        await arrived
        assert.equal(request.message.length, 5 * (index + 1))
      }
      assert.equal(seen(await answer).body, 'firstlater')
      await client.destroy()
    })

    it('beyond what the operation takes is refused before the backend is asked, where its length is told', async () => {
      const requests = there().open.requests.length
      const { status, message } = await there().ask('POST', '/open/v1/small', [], 'x'.repeat(1025))
      assert.deepEqual([status, (JSON.parse(message.text) as { code: number }).code], [413, 41300])
      assert.equal(there().open.requests.length, requests)
      assert.equal((await there().ask('POST', '/open/v1/small', [], 'x'.repeat(1024))).status, 200)
    })

    it('beyond what the operation takes is refused as it comes, and the backend sees that it is cut', async () => {
      const client = await there().connect()
      const next = there().open.next()
      const answer = client.answer('POST')
      client.send(requestText('POST', '/open/v1/small', ['Transfer-Encoding: chunked']))
      client.send(`400\r\n${'x'.repeat(1024)}\r\n`)
      const request = await next
      client.send('1\r\nx\r\n0\r\n\r\n')
      assert.equal((await answer).status, 413)
      assert.equal(await client.closed, 'clean')
      await request.closed
      assert.equal(request.message.complete, false)
    })

    it('is asked for with 100 Continue when the request may go on', async () => {
      const client = await there().connect()
      const next = there().open.next()
      const answer = client.answer('POST')
      const told = once(client.socket, 'data')
      client.send(requestText('POST', '/open/v1/echo', ['Content-Length: 4', 'Expect: 100-continue']))
      assert.match(String((await told)[0]), /^HTTP\/1\.1 100 Continue\r\n\r\n$/)
      assert.equal((await next).field('expect'), undefined)
      client.send('body')
      const { status, interim, message } = await answer
      assert.deepEqual([status, interim.length], [200, 1])
      assert.equal(seen({ message }).body, 'body')
      await client.destroy()
    })

    it('is not asked for when the request is refused', async () => {
      const refused: Readonly<Record<string, number>> = { '/shop/orders': 401, '/nowhere': 404, '/open/v1/small': 413 }
      for (const [target, status] of Object.entries(refused)) {
        const client = await there().connect()
        const answer = await client.request(requestText('POST', target, ['Content-Length: 2000', 'Expect: 100-continue']))
        assert.deepEqual([answer.status, answer.interim, answer.message.field('Connection')], [status, [], 'close'])
        await client.destroy()
      }
    })
  })

  describe('large bodies', () => {
    it('arrive whole both ways, many at once, in pieces of all sizes', async () => {
      const backend = there().open
      // Two answers are more than the kernel holds for a client that does not read, and have to wait in the gateway.
      const exchanges = [3 * mib, mib + 7, 300_000, 2 * mib, 65_536, 65_537, 16_384, 16_385, 12 * mib, 12 * mib].map(
        async (size, index) => {
          const body = patterned(size, index)
          const target = `/open/v1/large?${index}`
          backend.on(`/v2/large?${index}`, async (request) => {
            const reversed = Buffer.from(await request.whole).reverse()
            if (index % 2 === 0) respondInChunks(request, reversed, index === 8 ? 3000 : 50_000)
            else request.respond(reversed)
          })
          const client = await there().connect()
          const answer = client.answer('POST')
          client.send(requestText('POST', target, [`Content-Length: ${size}`]))
          client.send(body)
          if (index % 4 === 0 || index > 7) {
            client.socket.pause()
            setTimeout(() => client.socket.resume(), index > 7 ? 300 : 20)
          }
          assert.equal(sha256((await answer).message.body), sha256(body.reverse()), `${size} bytes`)
          await client.destroy()
        },
      )
      await Promise.all(exchanges)
    })
  })

  describe('the gateway holds little', { concurrency: true }, () => {
    it('of a body to a backend that does not read', async () => {
      const client = await there().connect()
      there().fragile.on('/upload', (request) => request.socket.pause())
      const answer = client.answer('POST')
      client.send(requestText('POST', '/fragile/upload', ['Transfer-Encoding: chunked']))
      pump(client.socket, Buffer.concat([Buffer.from('10000\r\n'), patterned(65_536, 1), Buffer.from('\r\n')]))
      // The gateway waits as long as the operation lets it; a second is enough to read far more than it may hold.
      assert.equal((await answer).status, 504)
      assert.ok(sent(client.socket) < held, `${sent(client.socket)} bytes were taken`)
      await client.destroy()
    })

    it('of an answer to a client that does not read', async () => {
      const client = await there().connect()
      const next = there().fragile.on('/download', (request) => {
        request.write('HTTP/1.1 200 OK\r\n\r\n')
        pump(request.socket, patterned(65_536, 1))
      })
      client.socket.pause()
      client.send(requestText('GET', '/fragile/download'))
      const { socket, closed } = await next
      await closed
      assert.ok(sent(socket) < held, `${sent(socket)} bytes were taken`)
      await client.destroy()
    })
  })
}

function respondInChunks(request: BackendRequest, content: Buffer, size: number): void {
  request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  for (let at = 0; at < content.length; at += size) {
    const chunk = content.subarray(at, at + size)
    request.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
  }
  request.write('0\r\n\r\n')
}

/** Writes as fast as the other end takes it. */
function pump(socket: Socket, piece: Buffer): void {
  const most = 256 * mib
  const write = (): void => {
    while (!socket.destroyed && socket.bytesWritten < most && socket.write(piece)) {
      // Goes on until the socket is full.
    }
  }
  socket.on('drain', write)
  write()
}
