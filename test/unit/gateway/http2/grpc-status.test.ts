/** How gRPC calls ended, which HTTP's status does not say, in the access log and in the metrics. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http2'
import { type TestContext, test } from 'node:test'
import { mergeFamilies } from '../../../../src/gateway/observability/merge-families.ts'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { answerOf, type Http2Answer, Http2LibraryClient } from '../../../wire/http2-library-client.ts'
import { planOf } from '../../../wire/plan.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { Http2Peer, type StreamHandler } from '../upstream/http2-peer.ts'

const grpc = { 'content-type': 'application/grpc' }
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n'
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`

type Setup = {
  readonly backend: Backend
  readonly gateway: LocalGateway
  readonly client: Http2LibraryClient
  readonly clock: TestClock
  readonly call: () => Promise<Http2Answer>
  readonly counted: () => Promise<readonly string[]>
}

/** `url`: of a backend that speaks HTTP/2. */
async function start(t: TestContext, url?: string): Promise<Setup> {
  const clock = new TestClock()
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const upstreams = url === undefined ? {} : { upstreams: [{ url: [url], http: '2' as const, tls: null, credential: null }] }
  const operations = [{ id: 'call', method: 'POST', template: '/pets', exchangeTimeout: 5000 }] as const
  const plan = planOf([backend.url], { operations, ...upstreams })
  const gateway = await LocalGateway.start(plan, { clock })
  t.after(() => gateway.stop())
  const client = await Http2LibraryClient.connect(gateway.port)
  t.after(() => client.close())
  const call = (): Promise<Http2Answer> => client.ask('POST', '/pets', grpc, 'x')
  const counted = async (): Promise<readonly string[]> => {
    const answer = await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`, { headers: { connection: 'close' } })
    return (await answer.text()).split('\n').filter((line) => line.startsWith('postern_grpc_requests_total{'))
  }
  return { backend, gateway, client, clock, call, counted }
}

/** What the access log says of the last request. */
function logged(gateway: LocalGateway): readonly unknown[] {
  const { status, grpcStatus, refusal, aborted } = gateway.accessLines.at(-1) ?? {}
  return [status, grpcStatus, refusal, aborted]
}

/** A backend that speaks gRPC's HTTP/2: a head, perhaps a message, perhaps trailers. */
function answering(fields: OutgoingHttpHeaders, message = '', trailers: OutgoingHttpHeaders | null = null): StreamHandler {
  return (stream) => {
    stream.respond({ ...grpc, ...fields }, { endStream: message === '' && trailers === null, waitForTrailers: trailers !== null })
    stream.on('wantTrailers', () => trailers !== null && stream.sendTrailers(trailers))
    if (message !== '' || trailers !== null) stream.end(message)
  }
}

for (const [what, handler, status] of [
  ['in trailers', answering({}, 'x', { 'grpc-status': '9', 'grpc-message': 'no' }), '9'],
  ['in trailers, and it is well', answering({}, 'x', { other: 'a', 'grpc-status': '0' }), '0'],
  ['in trailers behind nothing', answering({}, '', { 'grpc-status': '5' }), '5'],
  ['with a head that ends the stream', answering({ 'grpc-status': '16' }), '16'],
  ['that gRPC does not know', answering({}, 'x', { 'grpc-status': '17' }), 'other'],
  ['that is no code', answering({}, 'x', { 'grpc-status': 'none' }), 'other'],
  ['with a head that does not end the stream, where no client looks for it', answering({ 'grpc-status': '0' }, 'x'), 'none'],
  ['only in the message', answering({}, 'x', { 'grpc-message': 'grpc-status: 5' }), 'none'],
  ['not at all', answering({}), 'none'],
] as const) {
  test(`a status of the backend ${what}`, async (t) => {
    const peer = await Http2Peer.start(handler)
    t.after(() => peer.stop())
    const { gateway, call, counted } = await start(t, peer.url)
    await call()
    assert.deepEqual(logged(gateway), [200, status, undefined, undefined])
    assert.deepEqual(await counted(), [`postern_grpc_requests_total{api="Test",operation="call",grpc_status="${status}"} 1`])
  })
}

test('the gateway’s own refusals, with what they are as well', async (t) => {
  const { client, gateway, counted } = await start(t)
  await client.ask('POST', '/nothing', grpc, 'x')
  assert.deepEqual(logged(gateway), [200, '12', 'no-route', undefined])
  assert.deepEqual(await counted(), ['postern_grpc_requests_total{api="",operation="",grpc_status="12"} 1'])
})

test('a call that took too long, before its answer began and after', async (t) => {
  const { backend, client, gateway, clock } = await start(t)
  for (const [begin, aborted] of [
    ['', undefined],
    [`${chunked}1\r\nx\r\n`, true],
  ] as const) {
    const arrived = backend.once((request) => begin !== '' && request.write(begin))
    const stream = client.begin('POST', '/pets', grpc, 'x')
    const answer = answerOf(stream)
    const request = await arrived
    if (begin !== '') await once(stream, 'response')
    await clock.advance(5001)
    await request.closed
    const { fields, trailers } = await answer
    assert.equal(fields['grpc-status'] ?? trailers['grpc-status'], '4')
    assert.deepEqual(logged(gateway), [200, '4', 'answer-timeout', aborted])
  }
})

test('a call that its client gives up has none', async (t) => {
  const { backend, gateway, client, counted } = await start(t)
  const arrived = backend.once(() => {})
  const stream = client.begin('POST', '/pets', grpc, 'x')
  const request = await arrived
  stream.close(8)
  await request.closed
  assert.deepEqual(logged(gateway), [499, 'none', undefined, true])
  assert.equal((await counted()).length, 1)
})

test('the calls of several threads are added up', async () => {
  const threads = [1, 2].map((calls) => {
    const metrics = new Metrics(planOf([], { operations: [] }), '')
    for (let call = 0; call < calls; call++) metrics.grpcDone(-1, '4')
    return metrics.families()
  })
  const sums = mergeFamilies(threads).find(({ name }) => name === 'postern_grpc_requests_total')
  assert.deepEqual([...(sums?.samples.values() ?? [])], [3])
})

test('other requests have no such status and are not counted', async (t) => {
  const { backend, client, gateway, counted } = await start(t)
  backend.once((request) => request.write(`${head}Grpc-Status: 9\r\nContent-Length: 0\r\n\r\n`))
  await client.ask('POST', '/pets', {}, 'x')
  assert.deepEqual(logged(gateway), [200, undefined, undefined, undefined])
  assert.deepEqual(await counted(), [])
})
