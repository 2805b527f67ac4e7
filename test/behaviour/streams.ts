import assert from 'node:assert/strict'
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { BackendRequest } from '../wire/backend.ts'
import { Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import type { There, World } from './world.ts'

const mebibyte = 1024 * 1024
const size = 256 * mebibyte
/** How much more memory the gateway may hold for a body that is many times as large. */
const growth = 96 * mebibyte

async function residentMemory(world: World): Promise<number> {
  const { text } = await world.admin('/metrics')
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])
}

/** Made once, so that the test itself needs no more memory than the gateway may. */
const blocks = Array.from({ length: 7 }, (_, index) => Buffer.alloc(mebibyte, `${index} of many. `))

/** Pieces of a large body: each differs from its neighbours. */
function* pieces(): Generator<Buffer> {
  for (let index = 0; index < size / mebibyte; index++) yield blocks[index % blocks.length]!
}

const expected = digest(pieces())

function digest(chunks: Iterable<Buffer>): string {
  const hash = createHash('sha1')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

async function write(socket: Socket, bytes: Buffer | string): Promise<void> {
  if (!socket.write(bytes) && !socket.destroyed) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
}

async function writeBody(socket: Socket, chunked: boolean): Promise<void> {
  for (const piece of pieces()) {
    if (chunked) await write(socket, `${piece.length.toString(16)}\r\n`)
    await write(socket, piece)
    if (chunked) await write(socket, '\r\n')
  }
  if (chunked) await write(socket, '0\r\n\r\n')
}

/** Hashes what comes after the head without keeping it. Resolves with the hash when `length` bytes of content have come. */
function hashed(socket: Socket, length: number, hash: Hash = createHash('sha1')): Promise<string> {
  let head = Buffer.alloc(0)
  let inBody = false
  let left = length
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error(`closed with ${left} bytes to come`)))
    socket.on('data', (chunk: Buffer) => {
      let content = chunk
      if (!inBody) {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf('\r\n\r\n')
        if (end === -1) return
        inBody = true
        content = head.subarray(end + 4)
      }
      hash.update(content)
      left -= content.length
      if (left <= 0) resolve(hash.digest('hex'))
    })
  })
}

/** What the backend gets of a body, without keeping it. */
function discarding(request: BackendRequest): Promise<void> {
  request.message.discards = true
  return request.whole.then(() => {})
}

export function streams(there: There): void {
  describe('a stream', () => {
    for (const type of ['text/event-stream', 'text/event-stream; charset=utf-8', 'application/grpc+proto']) {
      it(`of ${type} comes event by event, each at once`, async () => {
        const world = there()
        const client = await Client.connect(world.gateway.port)
        const next = world.open.once((request) =>
          request.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`),
        )
        const answer = client.answer()
        client.send(requestText('GET', '/open/v1/echo'))
        const request = await next
        // The head comes before there is any event.
        await new Promise<void>((resolve) => client.socket.once('data', () => resolve()))
        for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
          const came = once(client.socket, 'data')
          request.write(`${event.length.toString(16)}\r\n${event}\r\n`)
          await came
        }
        request.write('0\r\n\r\n')
        assert.equal((await answer).message.text, 'data: 1\n\ndata: 2\n\n')
        await client.destroy()
      })
    }

    it('that its client leaves is given up at the backend', async () => {
      const world = there()
      const client = await Client.connect(world.gateway.port)
      const next = world.open.once((request) => request.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'))
      const answer = assert.rejects(client.request(requestText('GET', '/open/v1/echo')))
      const request = await next
      await once(client.socket, 'data')
      await client.destroy()
      await answer
      await request.closed
    })

    it('may not rest longer than its operation says', async () => {
      const world = there()
      world.open.once((request) =>
        request.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
      )
      await assert.rejects(world.ask('GET', '/open/v1/restless'))
      const line = await world.gateway.log.find(({ operation }) => operation === 'restless')
      assert.deepEqual([line.reason, line.aborted], ['body-timeout', true])
    })
  })

  describe('a large body', () => {
    for (const chunked of [false, true]) {
      const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`

      it(`goes to the backend in constant memory (${framing})`, async () => {
        const world = there()
        const before = await residentMemory(world)
        let most = before
        const done = world.open.once(async (request) => {
          await discarding(request)
          request.respond(String(request.message.length))
        })
        const client = await Client.connect(world.gateway.port)
        const answer = client.answer('POST')
        client.send(requestText('POST', '/open/v1/large', [framing]))
        const writing = writeBody(client.socket, chunked)
        // A backend that rests makes the client wait.
        const { socket } = await done
        socket.pause()
        await setTimeout(300)
        most = Math.max(most, await residentMemory(world))
        socket.resume()
        await writing
        assert.equal((await answer).message.text, String(size))
        most = Math.max(most, await residentMemory(world))
        assert.ok(most - before < growth, `${Math.round((most - before) / mebibyte)} MiB more`)
        await client.destroy()
      })

      it(`comes to the client in constant memory (${framing})`, async () => {
        const world = there()
        const before = await residentMemory(world)
        const next = world.open.once(async (request) => {
          request.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`)
          await writeBody(request.socket, chunked)
        })
        const socket = connect({ host: '127.0.0.1', port: world.gateway.port })
        const received = chunked ? null : hashed(socket, size)
        let length = 0
        socket.on('data', (chunk) => {
          length += chunk.length
        })
        socket.write(requestText('GET', '/open/v1/large'))
        await next
        // A client that rests makes the backend wait.
        socket.pause()
        await setTimeout(300)
        let most = await residentMemory(world)
        socket.resume()
        if (received !== null) assert.equal(await received, expected)
        else while (length < size) await once(socket, 'data')
        most = Math.max(most, await residentMemory(world))
        assert.ok(most - before < growth, `${Math.round((most - before) / mebibyte)} MiB more`)
        socket.destroy()
      })
    }
  })
}
