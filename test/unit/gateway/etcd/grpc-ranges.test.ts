/** What may answer a question over gRPC that is no etcd, or one that means harm. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { ServiceClient } from '../../../../src/gateway/calls/service-client.ts'
import { EtcdClient } from '../../../../src/gateway/etcd/etcd-client.ts'
import { GrpcRanges } from '../../../../src/gateway/etcd/grpc-ranges.ts'
import { GrpcSession } from '../../../../src/gateway/etcd/grpc-session.ts'
import { bytesField, fieldsIn, numberField } from '../../../../src/gateway/etcd/protobuf.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { Etcd, etcdIsMissing } from '../../../wire/etcd.ts'

type Answer = (stream: ServerHttp2Stream) => void

async function rangesOf(context: TestContext, answer: () => Answer): Promise<GrpcRanges> {
  const server = createServer().listen(0, '127.0.0.1')
  server.on('sessionError', () => {})
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    // Streams of a server are nothing else.
    answer()(stream as ServerHttp2Stream)
  })
  await once(server, 'listening')
  const session = await GrpcSession.open(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), {}, null)
  context.after(async () => {
    session?.close()
    server.close()
    await once(server, 'close')
  })
  assert.ok(session !== null)
  return new GrpcRanges(session)
}

function framed(message: Buffer, compressed = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = compressed
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function says(body: Buffer, status = '0', type = 'application/grpc'): Answer {
  return (stream) => {
    stream.respond({ ':status': 200, 'content-type': type }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
    stream.end(body)
  }
}

test('an answer is whole, or there is none', async (context) => {
  let answer: Answer = says(Buffer.alloc(0))
  const ranges = await rangesOf(context, () => answer)
  const ask = (): Promise<unknown> => ranges.range(Buffer.from('/r/'), '/r0', 0, 10)
  const page = bytesField(1, numberField(3, 7))
  answer = says(framed(page))
  assert.equal(((await ask()) as { revision: number }).revision, 7)
  const wrong: readonly (readonly [string, Answer])[] = [
    ['protocol', says(Buffer.alloc(0))],
    ['protocol', says(framed(page).subarray(0, 6))],
    ['protocol', says(Buffer.concat([framed(page), framed(page)]))],
    ['protocol', says(framed(page, 1))],
    ['protocol', says(framed(Buffer.from([0x0f])))],
    ['protocol', says(framed(Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f])))],
    ['protocol', says(framed(Buffer.alloc(12, 0xff)))],
    ['protocol', says(framed(bytesField(2, bytesField(5, Buffer.from('no key')))))],
    ['protocol', says(framed(page), '16')],
    ['connect', (stream) => stream.close(0)],
    ['connect', (stream) => stream.close(2)],
    ['too-large', says(Buffer.alloc(33 * 1024 * 1024))],
  ]
  for (const [reason, bad] of wrong) {
    answer = bad
    await assert.rejects(ask(), { reason }, reason)
  }
  for (const other of [says(framed(page), '12'), says(Buffer.from('<html>'), '0', 'text/html')]) {
    answer = other
    assert.equal(await ask(), null, 'the HTTP gateway is asked')
  }
})

test('numbers of up to 64 bits, and none that is larger', () => {
  const largest = Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
  assert.deepEqual([...fieldsIn(largest)], [[1, 2n ** 64n - 1n]])
  for (const number of [0, 127, 128, 2 ** 31, 2 ** 49 - 1, 2 ** 49, Number.MAX_SAFE_INTEGER])
    assert.deepEqual([...fieldsIn(numberField(1, number))], [[1, number]])
})

test('over TLS and with a login, and nobody who is not believed', { skip: etcdIsMissing }, async (context) => {
  const authority = new TestAuthority('etcd authority')
  const server = await Etcd.start(authority.identity(['localhost']))
  context.after(() => server.end())
  await server.put('/r/jti/a', '')
  await server.guard({ name: 'reader', password: 'pw' }, '/r')
  const url = new URL(`https://localhost:${server.port}`)
  const ranges = async (authorities: readonly string[]): Promise<GrpcRanges | null> => {
    const client = await ServiceClient.open(true, { authorities, clientCertificate: null, serverName: null, sockets: 1, warn: () => {} })
    context.after(() => client.close())
    const login = authorities.length === 0 ? null : { username: 'reader', password: 'pw' }
    const session = await new EtcdClient(client, url, login).openGrpc()
    return session === null ? null : new GrpcRanges(session)
  }
  const trusted = await ranges([authority.certificate])
  context.after(() => trusted?.close())
  const page = await trusted?.range(Buffer.from('/r/'), '/r0', 0, 10)
  assert.deepEqual([...(page?.pairs ?? [])], [{ key: '/r/jti/a', value: '' }])
  await assert.rejects(trusted!.range(Buffer.from('/x/'), '/x0', 0, 10), { reason: 'protocol' })
  assert.equal(await ranges([]), null)
})
