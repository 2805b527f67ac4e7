/** A session from its beginning to its end: by ALPN, while the gateway stops, and as time passes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http2'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority, tlsSettings } from '../../../wire/authority.ts'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { Http2WireClient } from '../../../wire/http2-client.ts'
import { flags, frame, frameTypes, headers, requestFields, uint32 } from '../../../wire/http2-frames.ts'
import { answerOf, Http2LibraryClient } from '../../../wire/http2-library-client.ts'
import { held, nothingLeft } from '../../../wire/nothing-left.ts'
import { type PlannedOperation, planOf, timeouts } from '../../../wire/plan.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { Http2Peer } from '../upstream/http2-peer.ts'

const server = new Authority().issue('server', { names: ['localhost'] })

async function start(
  t: TestContext,
  changes: Partial<PlannedOperation> = {},
  environment = {},
): Promise<{ backend: Backend; gateway: LocalGateway; client: Http2LibraryClient; clock: TestClock }> {
  const clock = new TestClock()
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const operations = [
    { method: 'GET', template: '/pets', ...changes },
    { method: 'POST', template: '/pets', ...changes },
  ] as const
  const gateway = await LocalGateway.start(planOf([backend.url], { operations }), { clock, environment })
  t.after(() => gateway.stop())
  const client = await Http2LibraryClient.connect(gateway.port)
  t.after(() => client.close())
  return { backend, gateway, client, clock }
}

test('TLS chooses it by ALPN', async (t) => {
  const { gateway } = await start(t, {}, tlsSettings(temporaryFolder(t), server))
  const client = await Http2LibraryClient.connectSecurely(gateway.securePort)
  t.after(() => client.close())
  const body = 'x'.repeat(500_000)
  const answer = await client.ask('POST', '/pets', {}, body)
  assert.equal(answer.status, 200)
  const { fields, body: received } = JSON.parse(answer.body.toString()) as { fields: [string, string][]; body: string }
  assert.deepEqual([new Map(fields).get('X-Forwarded-Proto'), received.length], ['https', body.length])
  assert.equal(gateway.accessLines.at(-1)?.protocol, '2.0')
})

test('one connection counts as one, however many requests it carries', async (t) => {
  const { gateway, client, backend } = await start(t)
  await Promise.all([client.ask('GET', '/pets'), client.ask('GET', '/pets')])
  assert.equal((await held(gateway, backend)).clients, 1)
  await client.close()
  await nothingLeft(gateway, backend)
})

test('when the gateway stops, clients are told to go, and what they have asked for is answered', async (t) => {
  const { gateway, clock, backend } = await start(t, {}, { POSTERN_DRAIN_SECONDS: '60' })
  const fields = requestFields.map(([name, value]): [string, string] => [name, name === ':path' ? '/pets' : value])
  const client = await Http2WireClient.open(gateway.port)
  t.after(() => client.destroy())
  const arrived = backend.once(() => {})
  client.send(headers(1, fields))
  const request = await arrived
  const stopped = gateway.stop()
  // It is on its way already.
  client.send(headers(3, fields))
  await client.frame(frameTypes.headers, 3)
  const goaway = client.frame(frameTypes.goaway, 0)
  await clock.advanceUntil(1001, goaway)
  assert.equal((await goaway).payload.readUInt32BE(0), 3)
  request.respond('late')
  assert.equal((await client.frame(frameTypes.data, 1)).payload.toString(), 'late')
  await client.end()
  assert.equal(await stopped, 0)
})

test('an idle connection is closed a moment after the gateway is told to stop', async (t) => {
  const { gateway, client, clock } = await start(t, {}, { POSTERN_DRAIN_SECONDS: '60' })
  await client.close()
  const idle = await Http2WireClient.open(gateway.port)
  await idle.frame(frameTypes.settings, 0)
  const stopped = gateway.stop()
  await clock.advanceUntil(1001, idle.end())
  assert.equal(idle.goaway, 0)
  assert.equal(await stopped, 0)
})

const grpc = { 'content-type': 'application/grpc' }
const grpcAnswer = 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n'

test('a stream of messages may rest in both directions', async (t) => {
  const { client, clock, backend } = await start(t)
  const arrived = backend.once((request) => request.write(`${grpcAnswer}3\r\none\r\n`))
  const stream = client.begin('POST', '/pets', grpc, null)
  const answer = answerOf(stream)
  stream.write('ping')
  const request = await arrived
  await once(stream, 'response')
  await clock.advance(1000)
  await clock.advance(10 * timeouts.bodyIdle)
  stream.end()
  request.write('3\r\ntwo\r\n0\r\n\r\n')
  const { body, code } = await answer
  assert.deepEqual([body.toString(), code], ['onetwo', 0])
})

test("a client's deadline holds where it is sooner than the operation's, and not where it is later", async (t) => {
  const { client, clock, backend, gateway } = await start(t, { exchangeTimeout: 5000 })
  for (const [timeout, passes] of [
    ['2S', 2000],
    ['10S', 5000],
  ] as const) {
    const arrived = backend.once(() => {})
    const answer = client.ask('POST', '/pets', { ...grpc, 'grpc-timeout': timeout }, 'x')
    const request = await arrived
    await clock.advance(passes - 1)
    await clock.advance(2)
    await request.closed
    assert.equal((await answer).fields['grpc-status'], '4')
    assert.equal(gateway.accessLines.at(-1)?.reason, 'exchange-timeout')
    assert.ok(Number(gateway.accessLines.at(-1)?.milliseconds) <= passes + 1)
  }
})

test('a call that sends too much, and more, gets its status behind the answer that it has not taken yet', async (t) => {
  const { gateway, backend } = await start(t, { maxBody: 100_000 })
  const begun = 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n'
  backend.on('/pets', (request) => request.write(`${begun}13880\r\n${'y'.repeat(80_000)}\r\n`))
  const fields: [string, string][] = requestFields.map(([name, value]) => [name, { ':method': 'POST', ':path': '/pets' }[name] ?? value])
  const client = await Http2WireClient.open(gateway.port)
  t.after(() => client.destroy())
  client.send(headers(1, [...fields, ['content-type', 'application/grpc']], false))
  const got = (): number => client.frames.reduce((sum, { type, payload }) => sum + (type === frameTypes.data ? payload.length : 0), 0)
  // As much as the client lets it send.
  while (got() < 65_535) await client.next()
  for (let piece = 0; piece < 13; piece++) client.send(frame(frameTypes.data, 0, 1, Buffer.alloc(16_000)))
  client.send(frame(frameTypes.ping, 0, 0, Buffer.alloc(8)))
  await client.frame(frameTypes.ping, 0)
  for (const stream of [0, 1]) client.send(frame(frameTypes.windowUpdate, 0, stream, uint32(100_000)))
  await client.frame(frameTypes.resetStream, 1)
  assert.equal(got(), 80_000)
  const [, trailers] = client.frames.filter(({ type }) => type === frameTypes.headers)
  assert.equal((trailers?.flags ?? 0) & flags.endStream, flags.endStream)
})

/** Content and trailers in one go: they come before there is a connection to the backend. */
async function askWithTrailers(t: TestContext, { port }: LocalGateway): Promise<Http2WireClient> {
  const fields = requestFields.map(([name, value]): [string, string] => [name, { ':method': 'POST', ':path': '/pets' }[name] ?? value])
  const client = await Http2WireClient.open(port)
  t.after(() => client.destroy())
  const content = frame(frameTypes.data, 0, 1, Buffer.from('hello'))
  client.send(Buffer.concat([headers(1, fields, false), content, headers(1, [['x-sum', '3']])]))
  return client
}

test('trailers of a request go to a backend that speaks HTTP/2', async (t) => {
  const trailers = Promise.withResolvers<IncomingHttpHeaders>()
  const peer = await Http2Peer.start((stream) => {
    stream.on('trailers', trailers.resolve)
    stream.resume()
    stream.on('end', () => stream.respond({}, { endStream: true }))
  })
  t.after(() => peer.stop())
  const operations = [{ method: 'POST', template: '/pets' }] as const
  const upstreams = [{ url: [peer.url], http: '2' as const, tls: null, credential: null }]
  const gateway = await LocalGateway.start(planOf([peer.url], { operations, upstreams }))
  t.after(() => gateway.stop())
  const client = await askWithTrailers(t, gateway)
  await client.frame(frameTypes.headers, 1)
  assert.equal((await trailers.promise)['x-sum'], '3')
})

test('they do not go to one of HTTP/1.1, which may take them for fields of the head', async (t) => {
  const { gateway, backend } = await start(t)
  let bytes = ''
  backend.onBytes = (_connection, chunk) => {
    bytes += chunk.toString('latin1')
  }
  const client = await askWithTrailers(t, gateway)
  await client.frame(frameTypes.headers, 1)
  assert.match(bytes, /\r\n5\r\nhello\r\n0\r\n\r\n$/)
})
