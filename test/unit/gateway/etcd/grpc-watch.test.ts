/** What a watch over gRPC makes of what comes, however it is cut, and of what is none of etcd's. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { framed, GrpcSession } from '../../../../src/gateway/etcd/grpc-session.ts'
import { GrpcWatch } from '../../../../src/gateway/etcd/grpc-watch.ts'
import { bytesField, numberField } from '../../../../src/gateway/etcd/protobuf.ts'
import type { WatchMessage } from '../../../../src/gateway/etcd/watch-message.ts'

const text = (number: number, value: string): Buffer => bytesField(number, Buffer.from(value))
const pair = (key: string, value: string, revision: number, version: number): Buffer =>
  Buffer.concat([text(1, key), numberField(3, revision), numberField(4, version), text(5, value)])
const header = bytesField(1, numberField(3, 9))
const created = framed(Buffer.concat([header, numberField(3, 1)]))

async function messagesOf(context: TestContext, answer: (stream: ServerHttp2Stream) => void): Promise<readonly WatchMessage[]> {
  const server = createServer().listen(0, '127.0.0.1')
  server.on('sessionError', () => {})
  server.on('stream', (each) => {
    // Streams of a server are nothing else.
    const stream = each as ServerHttp2Stream
    stream.on('error', () => {})
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    answer(stream)
  })
  await once(server, 'listening')
  context.after(async () => {
    server.close()
    await once(server, 'close')
  })
  const session = await GrpcSession.open(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), {}, null)
  assert.ok(session !== null)
  const messages: WatchMessage[] = []
  await new GrpcWatch(session).run('/r/', '/r0', 7, new AbortController().signal, (message) => messages.push(message))
  return messages
}

test('messages are read whole, however they are cut', async (context) => {
  const written = bytesField(2, pair('/r/a', 'ü', 8, 1))
  const deleted = Buffer.concat([numberField(1, 1), bytesField(2, pair('/r/b', '', 9, 0)), bytesField(3, pair('/r/b', 'old', 3, 2))])
  const all = Buffer.concat([
    created,
    framed(Buffer.concat([header, bytesField(11, written), bytesField(11, deleted)])),
    framed(header),
    framed(Buffer.alloc(0)),
    framed(Buffer.concat([header, numberField(4, 1), numberField(5, 9)])),
  ])
  const wanted = [
    { kind: 'created' },
    {
      kind: 'events',
      revision: 9,
      events: [
        { deleted: false, created: true, revision: 8, pair: { key: '/r/a', value: 'ü' }, before: null },
        {
          deleted: true,
          created: false,
          revision: 9,
          pair: { key: '/r/b', value: 'old' },
          before: { key: '/r/b', value: 'old', revision: 3, version: 2 },
        },
      ],
    },
    { kind: 'progress', revision: 9 },
    { kind: 'compacted' },
  ]
  for (const size of [1, 7, all.length])
    assert.deepEqual(
      await messagesOf(context, async (stream) => {
        for (let at = 0; at < all.length; at += size) await new Promise((resolve) => stream.write(all.subarray(at, at + size), resolve))
        stream.end()
      }),
      wanted,
      String(size),
    )
})

test('what is none of etcd’s ends it', async (context) => {
  const compressed = Buffer.from(created)
  compressed[0] = 1
  const large = Buffer.alloc(5)
  large.writeUInt32BE(33 * 1024 * 1024, 1)
  for (const [reason, bytes] of [
    ['protocol', compressed],
    ['protocol', framed(Buffer.from([0x0f]))],
    ['too-large', large],
  ] as const)
    await assert.rejects(
      messagesOf(context, (stream) => stream.write(Buffer.concat([created, bytes]))),
      { reason },
    )
  await assert.rejects(
    messagesOf(context, (stream) => stream.close(2)),
    { reason: 'connect' },
  )
})
