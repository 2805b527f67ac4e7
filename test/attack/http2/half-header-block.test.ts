/**
 * A peer sends half of a header block for a stream that stands, and what ends the connection. When garbage is collected in that very turn,
 * node:http2 aborts the process unless the gateway keeps the connection's native part: this file would not come to its end.
 */
import assert from 'node:assert/strict'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { keepNative } from '../../../src/gateway/http2/native-session.ts'
import { poolTo } from '../../unit/gateway/upstream/http2-peer.ts'
import { RecordedExchange } from '../../unit/gateway/upstream/recorded-exchange.ts'
import { Collector } from '../../wire/collector.ts'
import { Http2WireClient } from '../../wire/http2-client.ts'
import { flags, frame, frameTypes, headerBlock, headers } from '../../wire/http2-frames.ts'
import { OpenGateway } from '../http/open-gateway.ts'
import { RawHttp2Backend } from '../http2-backend/raw-http2-backend.ts'

/** Some are needed: whether the two are read in the same turn is up to the kernel. */
const rounds = 20

let collector: Collector
before(async () => {
  collector = await Collector.start()
})
after(() => collector.stop())

/** Half a block, and then a frame that must not come within one (RFC 9113 §6.10). */
function half(stream: number, fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat([
    frame(frameTypes.headers, flags.none, stream, headerBlock([...fields, ['x', 'y'.repeat(100)]])),
    frame(frameTypes.data, flags.none, stream, Buffer.from('x')),
  ])
}

test('from a client, as the trailers of its request', async () => {
  const gateway = await OpenGateway.start()
  for (let round = 0; round < rounds; round++) {
    const client = await Http2WireClient.open(gateway.port)
    const fields = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':authority', 'gateway.test'],
      [':path', '/'],
    ] as const
    client.send(headers(1, fields, false), frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8)))
    await client.frame(frameTypes.ping, 0)
    client.send(half(1, []))
    await collector.collect()
    while (!client.closed) await client.next()
  }
  await gateway.stop()
})

test('from a backend, as the head of its answer', async () => {
  let collected = Promise.resolve()
  const peer = await RawHttp2Backend.start((connection, stream) => {
    connection.socket.write(half(stream, [[':status', '200']]))
    collected = collector.collect()
  })
  const { backend, close } = poolTo(peer.url)
  for (let round = 0; round < rounds; round++) {
    const failure = await RecordedExchange.on(backend).failed
    await collected
    assert.equal(failure.kind, 'bad-answer')
  }
  close()
  await peer.stop()
})

test('the native part of a session is found', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  const found = new Promise<boolean>((resolve) => server.once('session', (session) => resolve(keepNative(session))))
  const client = connect(
    `http://127.0.0.1:${await new Promise<number>((resolve) => server.once('listening', () => resolve((server.address() as AddressInfo).port)))}`,
  )
  await new Promise((resolve) => client.once('connect', resolve))
  assert.deepEqual([keepNative(client), await found], [true, true])
  client.destroy()
  server.close()
})
