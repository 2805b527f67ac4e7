/** Connections to an HTTP/2 backend: how many, for how long, and what becomes of those that wait. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerHttp2Stream, ServerOptions } from 'node:http2'
import { type TestContext, test } from 'node:test'
import type { Backend, BackendChannel } from '../../../../src/gateway/upstream/backend.ts'
import type { UpstreamLimits } from '../../../../src/gateway/upstream/upstream-limits.ts'
import { RawHttp2Backend, setting } from '../../../attack/http2-backend/raw-http2-backend.ts'
import { frameTypes } from '../../../wire/http2-frames.ts'
import { Http2Peer, type Pool, poolTo, type StreamHandler } from './http2-peer.ts'
import { RecordedExchange } from './recorded-exchange.ts'

const answer: StreamHandler = (stream) => stream.respond({}, { endStream: true })
const keep: StreamHandler = () => {}

async function open(
  t: TestContext,
  handler: StreamHandler,
  limits: Partial<UpstreamLimits> = {},
  streams = 100,
  options: ServerOptions = {},
): Promise<Pool & { peer: Http2Peer }> {
  const peer = await Http2Peer.start(handler, { settings: { maxConcurrentStreams: streams }, ...options })
  const pool = poolTo(peer.url, limits)
  t.after(async () => {
    pool.close()
    await peer.stop()
  })
  return { ...pool, peer }
}

test('one connection carries many exchanges at once', async (t) => {
  const { backend, peer } = await open(t, answer)
  const exchanges = Array.from({ length: 50 }, () => RecordedExchange.on(backend))
  await Promise.all(exchanges.map(({ done }) => done))
  await RecordedExchange.on(backend).done
  assert.equal(peer.sessions.length, 1)
})

test('another one is dialled when those that there are carry what their backend allows, up to the bound', async (t) => {
  const { backend, peer } = await open(t, keep, { maxConnections: 2, maxWaiting: 1 }, 2)
  const four = Array.from({ length: 4 }, () => RecordedExchange.on(backend))
  await Promise.all(four.map(({ ready }) => ready))
  assert.equal(peer.sessions.length, 2)
  const waits = RecordedExchange.on(backend)
  const full = RecordedExchange.on(backend)
  assert.deepEqual(await full.failed, { kind: 'no-capacity', reason: 'pool-full', untouched: false })
  four[0]?.channel?.abort()
  await waits.ready
  assert.equal(peer.sessions.length, 2)
})

test('who waits too long is told, and who no longer waits is not', async (t) => {
  const { backend, clock } = await open(t, keep, { maxConnections: 1 }, 1)
  await RecordedExchange.on(backend).ready
  const gone = RecordedExchange.on(backend)
  backend.cancel(gone)
  const waits = RecordedExchange.on(backend)
  clock.now = 6000
  backend.sweep(clock.now)
  assert.deepEqual(await waits.failed, { kind: 'no-capacity', reason: 'pool-wait', untouched: false })
  assert.equal(gone.channel, null)
})

test('all who wait for a connection hear that it cannot be made', async () => {
  const { backend, close } = poolTo('http://127.0.0.1:1')
  const exchanges = [RecordedExchange.on(backend), RecordedExchange.on(backend)]
  for (const exchange of exchanges)
    assert.deepEqual(await exchange.failed, { kind: 'connect-failed', reason: 'ECONNREFUSED', untouched: false })
  close()
})

test('a connection that is idle is closed', async (t) => {
  const { backend, peer, clock } = await open(t, answer, { upstreamIdle: 1000 })
  await RecordedExchange.on(backend).done
  // The stream has closed on both sides when the next one is answered.
  await RecordedExchange.on(backend).done
  const [session] = peer.sessions
  assert.ok(session)
  await new Promise(setImmediate)
  clock.now = 1000
  backend.sweep(clock.now)
  if (!session.closed) await once(session, 'close')
  await RecordedExchange.on(backend).done
  assert.equal(peer.sessions.length, 2)
})

test('a connection that is old takes nothing new, and finishes what it has', async (t) => {
  const streams: (() => void)[] = []
  const { backend, peer, clock } = await open(t, (stream) => streams.push(() => answer(stream, {}, 0, [])), {
    upstreamLife: 1000,
    maxConnections: 1,
  })
  const slow = RecordedExchange.on(backend)
  while (streams.length === 0) await new Promise(setImmediate)
  clock.now = 1000
  backend.sweep(clock.now)
  peer.handler = answer
  await RecordedExchange.on(backend).done
  assert.equal(peer.sessions.length, 2)
  streams[0]?.()
  await slow.done
})

type Begun = { readonly exchange: RecordedExchange; readonly channel: BackendChannel; readonly stream: ServerHttp2Stream }

/** A request that the backend has, and does not answer. */
async function begun(backend: Backend, peer: Http2Peer): Promise<Begun> {
  const arrived = new Promise<ServerHttp2Stream>((resolve) => {
    peer.handler = resolve
  })
  const exchange = RecordedExchange.on(backend)
  return { exchange, channel: await exchange.ready, stream: await arrived }
}

/** One after the other. */
async function giveUp(backend: Backend, peer: Http2Peer, count: number): Promise<void> {
  for (let given = 0; given < count; given++) {
    const { channel, stream } = await begun(backend, peer)
    channel.abort()
    if (!stream.closed) await once(stream, 'close')
  }
}

test('who waits for a connection that takes nothing new any more gets another one', async (t) => {
  const { backend, peer, clock } = await open(t, keep, { upstreamLife: 1000, maxConnections: 1 }, 1)
  await begun(backend, peer)
  const waits = RecordedExchange.on(backend)
  clock.now = 1000
  backend.sweep(clock.now)
  await waits.ready
  assert.equal(peer.sessions.length, 2)
})

test('requests that are given up by the hundred do not cost others their connection', async (t) => {
  // As backends do that fear to be flooded so (CVE-2023-44487).
  const wary = { streamResetBurst: 100, streamResetRate: 1 }
  const { backend, peer } = await open(t, keep, { maxConnections: 2 }, 100, wary)
  const { exchange, stream } = await begun(backend, peer)
  await giveUp(backend, peer, 300)
  stream.respond({}, { endStream: true })
  await exchange.done
})

test('connections that others still need are not left without end', async (t) => {
  const { backend, peer } = await open(t, keep, { maxConnections: 2 })
  for (let round = 0; round < 6; round++) {
    await begun(backend, peer)
    await giveUp(backend, peer, 80)
  }
  assert.equal(peer.sessions.length, 3)
})

test('what is given up now and then is forgotten', async (t) => {
  const { backend, peer, clock } = await open(t, keep)
  await begun(backend, peer)
  for (let round = 0; round < 20; round++) {
    await giveUp(backend, peer, 10)
    for (let sweep = 0; sweep < 10; sweep++) backend.sweep(clock.now)
  }
  assert.equal(peer.sessions.length, 1)
})

test('a backend that has gone without a word is found by a ping', async (t) => {
  const peer = await RawHttp2Backend.start(() => {}, setting(3, 100))
  peer.answersPings = false
  const { backend, clock, close } = poolTo(peer.url)
  t.after(async () => {
    close()
    await peer.stop()
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.ready
  clock.now = 14_999
  backend.sweep(clock.now)
  clock.now = 15_000
  backend.sweep(clock.now)
  const [connection] = peer.connections
  while (connection?.frames.some(({ type }) => type === frameTypes.ping) !== true) await new Promise(setImmediate)
  clock.now = 20_000
  backend.sweep(clock.now)
  assert.deepEqual(await exchange.failed, { kind: 'bad-answer', reason: 'ping-timeout', untouched: false })
})

test('one that answers pings is left in peace for minutes', async (t) => {
  const peer = await RawHttp2Backend.start(() => {}, setting(3, 100))
  const { backend, clock, close } = poolTo(peer.url)
  t.after(async () => {
    close()
    await peer.stop()
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.ready
  const pings = (): number => peer.connections[0]?.frames.filter(({ type }) => type === frameTypes.ping).length ?? 0
  clock.now = 15_000
  backend.sweep(clock.now)
  while (pings() === 0) await new Promise(setImmediate)
  // Another exchange shows that the answer to the ping has been read.
  peer.handler = (connection, stream) => connection.headers(stream, [[':status', '204']], true)
  await RecordedExchange.on(backend).done
  clock.now = 29_000
  backend.sweep(clock.now)
  assert.equal(pings(), 1)
  exchange.channel?.abort()
})

test('fields that come twice go as they came, on the connection that there is', async (t) => {
  const seen: string[] = []
  const { backend, peer } = await open(t, (stream, headers, flags, raw) => {
    seen.push(...raw.slice(8))
    answer(stream, headers, flags, raw)
  })
  for (let count = 0; count < 3; count++) await RecordedExchange.on(backend, { fields: 'Referer: a\r\nReferer: b\r\n' }).done
  assert.deepEqual(seen.slice(0, 4), ['referer', 'a', 'referer', 'b'])
  assert.equal(peer.sessions.length, 1)
})

test('who asks for a fresh connection gets one that has room', async (t) => {
  const { backend, peer } = await open(t, answer)
  await RecordedExchange.on(backend).done
  await RecordedExchange.fresh(backend).done
  assert.equal(peer.sessions.length, 1)
})

test('a backend that takes nothing and leaves is not dialled for ever', async (t) => {
  for (const leave of ['close', 'destroy'] as const) {
    const { backend, peer } = await open(t, keep, {}, 0)
    const waits = RecordedExchange.on(backend)
    peer.onSession = (session) => setTimeout(() => session[leave](), 20)
    assert.deepEqual(await waits.failed, { kind: 'connect-failed', reason: 'closed', untouched: false }, leave)
    assert.equal(peer.sessions.length, 1, leave)
  }
})
