/** One exchange with an HTTP/2 backend: node:http2's own server at the other end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants, type ServerHttp2Stream, type ServerOptions } from 'node:http2'
import { type TestContext, test } from 'node:test'
import { Http2Peer, type Pool, poolTo, type StreamHandler } from './http2-peer.ts'
import { RecordedExchange, textOf } from './recorded-exchange.ts'

type Opened = Pool & { readonly peer: Http2Peer }

async function open(t: TestContext, handler: StreamHandler, options: ServerOptions = {}): Promise<Opened> {
  const peer = await Http2Peer.start(handler, options)
  const pool = poolTo(peer.url)
  t.after(async () => {
    pool.close()
    await peer.stop()
  })
  return { ...pool, peer }
}

test('a request becomes a header list, and its answer text', async (t) => {
  const seen: (readonly string[])[] = []
  const { backend } = await open(t, (stream, _headers, _flags, raw) => {
    seen.push(raw)
    stream.respond({ ':status': 201, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] })
    stream.end('hello')
  })
  const exchange = RecordedExchange.on(backend, { target: '/a?b=c', fields: 'Accept: */*\r\nX-Two: 1\r\nX-Two: 2\r\n' })
  await exchange.done
  const [list = []] = seen
  assert.deepEqual(list.slice(0, 4), [':method', 'GET', ':scheme', 'http'])
  assert.equal(list[list.indexOf(':path') + 1], '/a?b=c')
  assert.deepEqual(list.slice(8), ['accept', '*/*', 'x-two', '1', 'x-two', '2'])
  assert.equal(exchange.status, 201)
  assert.match(exchange.fields, /^content-type: text\/plain\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n/)
  assert.deepEqual([exchange.body, exchange.trailers], ['hello', ''])
})

test('a head that is larger than its backend takes is not sent: some would end the connection, with all that is on it', async (t) => {
  const targets: unknown[] = []
  const handler: StreamHandler = (stream, headers) => {
    targets.push(headers[':path'])
    stream.respond({}, { endStream: true })
  }
  const { backend, peer } = await open(t, handler, { settings: { maxHeaderListSize: 1000 } })
  const large = RecordedExchange.on(backend, { target: '/large', fields: `X-A: ${'a'.repeat(800)}\r\n` })
  assert.deepEqual(await large.failed, { kind: 'head-too-large', reason: 'request-head-too-large', untouched: false })
  await RecordedExchange.on(backend, { target: '/small', fields: `X-A: ${'a'.repeat(600)}\r\n` }).done
  assert.deepEqual([targets, peer.sessions.length], [['/small'], 1])
})

test('a body that is there goes with the request, and one that follows is streamed with its trailers', async (t) => {
  const { backend } = await open(t, async (stream) => {
    const trailers = new Promise<object>((resolve) => {
      stream.on('trailers', (fields) => resolve({ ...fields }))
      stream.once('end', () => setImmediate(() => resolve({})))
    })
    const body = await textOf(stream)
    stream.respond()
    stream.end(JSON.stringify([body, await trailers]))
  })
  const whole = RecordedExchange.on(backend, { method: 'POST', body: 'all \u00ff', contentLength: 5 })
  await whole.done
  assert.equal(whole.body, JSON.stringify(['all \u00ff', {}]).replace('\u00ff', '\u00c3\u00bf'))
  const streamed = RecordedExchange.on(backend, { method: 'POST', body: null, chunked: true })
  const channel = await streamed.ready
  channel.requestData(Buffer.from('xxone'), 2, 5, 0)
  channel.requestData(Buffer.from('two'), 0, 3, 0)
  channel.requestEnd('X-Sum: 3\r\n', Number.POSITIVE_INFINITY)
  await streamed.done
  assert.equal(streamed.body, JSON.stringify(['onetwo', { 'x-sum': '3' }]))
  const bare = RecordedExchange.on(backend, { method: 'POST', body: null, chunked: true })
  const last = await bare.ready
  last.requestEnd('', Number.POSITIVE_INFINITY)
  await bare.done
  assert.equal(bare.body, JSON.stringify(['', {}]))
})

test('te: trailers goes out for gRPC alone, and trailers come back', async (t) => {
  const te: unknown[] = []
  const { backend } = await open(t, (stream, headers) => {
    te.push(headers.te)
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }))
    stream.end('message')
  })
  const fields = ['Content-Type: application/grpc+proto\r\n', 'Content-Type: application/grpc-web\r\n', '']
  for (const each of fields) {
    const exchange = RecordedExchange.on(backend, { method: 'POST', fields: each })
    await exchange.done
    assert.deepEqual([exchange.body, exchange.trailers], ['message', 'grpc-status: 0\r\ngrpc-message: fine\r\n'])
  }
  assert.deepEqual(te, ['trailers', undefined, undefined])
})

test('answers without a body: HEAD, 204, 304, and one that ends with its head', async (t) => {
  const { backend } = await open(t, (stream, headers) => {
    const status = Number(String(headers[':path']).slice(1))
    stream.respond({ ':status': status, ...(headers[':method'] === 'HEAD' ? { 'content-length': 7 } : {}) }, { endStream: true })
  })
  for (const [method, target] of [
    ['HEAD', '/200'],
    ['GET', '/204'],
    ['GET', '/304'],
    ['GET', '/200'],
  ] as const) {
    const exchange = RecordedExchange.on(backend, { method, target })
    await exchange.done
    assert.deepEqual([exchange.status, exchange.body], [Number(target.slice(1)), ''])
  }
})

test('interim answers pass, without 100', async (t) => {
  const { backend } = await open(t, (stream) => {
    stream.additionalHeaders({ ':status': 100 })
    stream.additionalHeaders({ ':status': 103, link: '</a>' })
    stream.respond()
    stream.end('ok')
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.done
  assert.deepEqual([exchange.interim, exchange.body], [['103 link: </a>\r\n'], 'ok'])
})

test('a client that does not keep up stops the backend, and nothing is lost', async (t) => {
  const size = 4 * 1024 * 1024
  const { backend, peer } = await open(t, (stream) => {
    stream.respond()
    stream.end(Buffer.alloc(size, 'x'))
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.began
  exchange.channel?.pause()
  // What a stopped stream still takes is bounded by its window: a second exchange, answered behind it, shows that all of that has come.
  peer.handler = (stream) => {
    stream.respond()
    stream.end('second')
  }
  const second = RecordedExchange.on(backend)
  await second.done
  assert.ok(exchange.body.length < size)
  exchange.channel?.resume()
  await exchange.done
  assert.equal(exchange.body.length, size)
})

test('a backend that does not read stops the request', async (t) => {
  const streams: ServerHttp2Stream[] = []
  const { backend } = await open(t, (stream) => streams.push(stream))
  const exchange = RecordedExchange.on(backend, { method: 'POST', body: null, chunked: true })
  const channel = await exchange.ready
  const chunk = Buffer.alloc(64 * 1024)
  let sent = 0
  while (channel.requestData(chunk, 0, chunk.length, Number.POSITIVE_INFINITY)) assert.ok(++sent < 1000)
  assert.equal(exchange.drained, 0)
  while (streams.length === 0) await new Promise(setImmediate)
  streams[0]?.resume()
  while (exchange.drained === 0) await new Promise(setImmediate)
  channel.requestEnd('', Number.POSITIVE_INFINITY)
  streams[0]?.respond({}, { endStream: true })
  await exchange.done
})

test('an exchange that is given up is reset at once', async (t) => {
  const { backend, peer } = await open(t, () => {})
  const stream = Promise.withResolvers<ServerHttp2Stream>()
  peer.handler = (each) => stream.resolve(each)
  const exchange = RecordedExchange.on(backend)
  const opened = await stream.promise
  exchange.channel?.abort()
  await once(opened, 'close')
  assert.equal(opened.rstCode, constants.NGHTTP2_CANCEL)
})

test('an answer before the request has ended is whole, and the rest of the request is not wanted', async (t) => {
  const { backend } = await open(t, (stream) => {
    stream.respond({ ':status': 413 })
    stream.end('too much')
  })
  const exchange = RecordedExchange.on(backend, { method: 'POST', body: null, chunked: true })
  await exchange.done
  assert.deepEqual([exchange.status, exchange.body], [413, 'too much'])
  assert.equal(exchange.channel?.requestData(Buffer.from('x'), 0, 1, 0), true)
  exchange.channel?.requestEnd('', 0)
})

test('resets have a reason each, and a refused stream is untouched', async (t) => {
  const { backend, peer } = await open(t, () => {})
  const cases = [
    [constants.NGHTTP2_REFUSED_STREAM, 'stream-refused', true],
    [constants.NGHTTP2_INTERNAL_ERROR, 'stream-internal-error', false],
    [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'stream-enhance-your-calm', false],
    [constants.NGHTTP2_CANCEL, 'stream-cancelled', false],
  ] as const
  for (const [code, reason, untouched] of cases) {
    peer.handler = (stream) => stream.close(code)
    assert.deepEqual(await RecordedExchange.on(backend).failed, { kind: 'bad-answer', reason, untouched })
  }
})

test('an answer that is cut is no answer', async (t) => {
  const { backend, peer } = await open(t, () => {})
  peer.handler = (stream) => {
    stream.respond({})
    stream.write('half', () => stream.session?.destroy())
  }
  const gone = RecordedExchange.on(backend)
  assert.deepEqual(await gone.failed, { kind: 'bad-answer', reason: 'closed', untouched: false })
  assert.deepEqual([gone.status, gone.trailers], [200, null])
})

test('deadlines: for the answer to begin, and for its content to rest', async (t) => {
  const { backend, peer, clock } = await open(t, () => {})
  const silent = RecordedExchange.on(backend, { deadline: 1000 })
  await silent.ready
  backend.sweep(999)
  clock.now = 1000
  backend.sweep(1000)
  assert.deepEqual(await silent.failed, { kind: 'answer-timeout', reason: 'answer-timeout', untouched: false })
  peer.handler = (stream) => {
    stream.respond({})
    stream.write('x')
  }
  const resting = RecordedExchange.on(backend, { deadline: 5000 })
  resting.rest = 500
  await resting.began
  while (resting.body === '') await new Promise(setImmediate)
  clock.now = 1500
  backend.sweep(1500)
  assert.deepEqual(await resting.failed, { kind: 'answer-timeout', reason: 'body-timeout', untouched: false })
})
