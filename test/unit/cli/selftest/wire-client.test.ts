import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { WireClient } from '../../../../src/cli/selftest/wire-client.ts'

const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

describe('the client of a self-test', () => {
  it('reads a body in chunks', async () => {
    assert.deepEqual(await answerTo(`${head}3\r\nabc\r\na;x=1\r\n0123456789\r\n0\r\n\r\n`), {
      status: 200,
      fields: head.slice(0, -2),
      body: 'abc0123456789',
    })
  })

  for (const size of ['no number', '', '-5', '3 4', '0x3', 'f'.repeat(20)]) {
    it(`ends at a chunk of the size ${JSON.stringify(size)}, which is none`, async () => {
      const body = `3\r\nabc\r\n${size}\r\nabc\r\n0\r\n\r\n`
      assert.deepEqual(await answerTo(head + body), { status: 200, fields: head.slice(0, -2), body })
    })
  }

  it('takes no more of an answer than it may, wherever it does not end', async () => {
    const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody'
    assert.deepEqual(await answerTo(whole, whole.length), { status: 200, fields: whole.slice(0, -6), body: 'body' })
    for (const endless of [
      'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n',
      'HTTP/1.1 200 OK\r\nx: ',
      'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50),
    ])
      assert.equal(await answerTo(endless + 'x'.repeat(1000), 800), 'an answer of more than 800 bytes', endless)
  })

  it('waits no longer than it may for a connection that TLS never makes', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const way = { port, secure: true, certificate: null }
    assert.equal(await new WireClient({ milliseconds: 20 }).ask(way, Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'GET'), 'no connection in time')
    server.close()
    await once(server, 'close')
  })
})

/** Of a server that says this to whoever asks, and closes. */
async function answerTo(text: string, bytes?: number): Promise<unknown> {
  const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(text))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WireClient(bytes === undefined ? {} : { bytes })
  try {
    const { port } = server.address() as AddressInfo
    return await client.ask({ port, secure: false, certificate: null }, Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 'GET')
  } finally {
    client.close()
    server.close()
  }
}
