/** Peers that take nothing of what is sent to them: the gateway takes no more from the other side than fits its buffers, on every connection. */
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start(undefined, 2 ** 40)
})
after(() => gateway.stop())

const mebibyte = 1024 * 1024
const connections = 16
/** What is sent again and again: one buffer, so that all new memory is the gateway's. */
const block = Buffer.alloc(64 * 1024, 'x')

/** Memory outside of JavaScript's heap, which is where bytes on their way are. */
function buffers(): number {
  return process.memoryUsage().arrayBuffers
}

/** Writes until the socket takes no more for a whole while, and says how much it took. */
async function fill(socket: Socket): Promise<number> {
  let written = 0
  for (let idle = 0; idle < 200; idle++) {
    while (socket.writableLength < mebibyte && written < 256 * mebibyte) {
      socket.write(block)
      written += block.length
      idle = 0
    }
    await new Promise(setImmediate)
  }
  return written - socket.writableLength
}

describe('the gateway holds little', () => {
  it('of answers whose clients read nothing', async () => {
    const before = buffers()
    const taken: Promise<number>[] = []
    gateway.backend.handler = (request) => {
      request.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 40}\r\n\r\n`)
      taken.push(fill(request.socket))
    }
    const clients = await Promise.all(Array.from({ length: connections }, () => gateway.connect()))
    for (const client of clients) {
      client.socket.pause()
      client.request('GET /a HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => {})
      await gateway.backend.next()
    }
    for (const amount of await Promise.all(taken)) assert.ok(amount < 64 * mebibyte, `${amount} bytes were taken`)
    const grown = buffers() - before
    assert.ok(grown < connections * mebibyte, `${grown} bytes for ${connections} connections`)
    for (const client of clients) await client.destroy()
    await nothingLeft(gateway.local, gateway.backend, { backends: 0 })
  })

  it('of chunks whose backend reads nothing', async () => {
    const before = buffers()
    gateway.backend.handler = (request) => void request.socket.pause()
    const clients = await Promise.all(Array.from({ length: connections }, () => gateway.connect()))
    const taken: Promise<number>[] = []
    for (const client of clients) {
      const next = gateway.backend.next()
      client.send('POST /large HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
      await next
      client.send('40000000\r\n')
      taken.push(fill(client.socket))
    }
    for (const amount of await Promise.all(taken)) assert.ok(amount < 64 * mebibyte, `${amount} bytes were taken`)
    const grown = buffers() - before
    assert.ok(grown < connections * mebibyte, `${grown} bytes for ${connections} connections`)
    for (const client of clients) await client.destroy()
    for (const request of gateway.backend.requests) request.socket.resume()
    await nothingLeft(gateway.local, gateway.backend, { backends: 0 })
  })
})
