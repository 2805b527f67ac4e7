/** HTTP/2 backends that break the rules: the exchange fails in a known way, nothing odd is passed on, and nothing grows. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { UpstreamLimits } from '../../../src/gateway/upstream/upstream-limits.ts'
import { type Pool, poolTo } from '../../unit/gateway/upstream/http2-peer.ts'
import { type Failure, RecordedExchange } from '../../unit/gateway/upstream/recorded-exchange.ts'
import { type Frame, flags, frameTypes, headerBlock } from '../../wire/http2-frames.ts'
import { number32, RawHttp2Backend, type RawHttp2Connection, type RequestHandler, setting } from './raw-http2-backend.ts'

type Opened = Pool & { readonly peer: RawHttp2Backend }

async function open(t: TestContext, handler: RequestHandler, settings?: Buffer, limits?: Partial<UpstreamLimits>): Promise<Opened> {
  const peer = await RawHttp2Backend.start(handler, settings)
  const pool = poolTo(peer.url, limits)
  t.after(async () => {
    pool.close()
    await peer.stop()
  })
  return { ...pool, peer }
}

/** `about` stands in the message of a test where the backend is believed. */
async function failureOf(t: TestContext, handler: RequestHandler, about = ''): Promise<Failure> {
  const { backend } = await open(t, handler)
  return RecordedExchange.on(backend).failed.catch((error: Error) => assert.fail(`${about}: ${error.message}`))
}

const ok = [[':status', '200']] as const

test('the raw backend can be understood when it behaves', async (t) => {
  const { backend } = await open(t, (connection, stream) => {
    connection.headers(stream, [...ok, ['content-length', '5']])
    connection.data(stream, 'hello', true)
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.done
  assert.deepEqual([exchange.status, exchange.body], [200, 'hello'])
})

test('malformed heads', async (t) => {
  const heads: readonly (readonly (readonly [string, string])[])[] = [
    [],
    [['content-type', 'text/plain']],
    [[':status', '99']],
    [[':status', '600']],
    [[':status', '20']],
    [[':status', '200 OK']],
    [...ok, [':status', '200']],
    [...ok, [':path', '/']],
    [['a', 'b'], ...ok],
    [...ok, ['Content-Type', 'text/plain']],
    [...ok, ['connection', 'close']],
    [...ok, ['transfer-encoding', 'chunked']],
    [...ok, ['keep-alive', 'timeout=5']],
    [...ok, ['upgrade', 'websocket']],
    [...ok, ['content-length', '1'], ['content-length', '2']],
    [...ok, ['content-length', '1, 1']],
    [...ok, ['content-length', '-1']],
    [...ok, ['content-length', '1x']],
  ]
  for (const fields of heads) {
    const failure = await failureOf(
      t,
      (connection, stream) => {
        connection.headers(stream, fields)
        connection.data(stream, 'x', true)
      },
      JSON.stringify(fields),
    )
    assert.equal(failure.kind, 'bad-answer', JSON.stringify(fields))
    assert.match(failure.reason, /^(?:malformed-head|stream-protocol-error|session-error)$/, JSON.stringify(fields))
  }
})

test('names that are none are not passed on', async (t) => {
  for (const name of ['', 'a b', 'a:b', 'a\r\nb']) {
    const { backend } = await open(t, (connection, stream) => connection.headers(stream, [...ok, [name, 'evil']], true))
    const exchange = RecordedExchange.on(backend)
    await exchange.failed.catch(() => {})
    assert.doesNotMatch(exchange.fields, /evil/)
  }
})

test('a line break in a value never becomes a field', async (t) => {
  for (const value of ['a\r\nset-cookie: evil=1', 'a\nset-cookie: evil=1', 'a\rb', 'a\0b']) {
    const { backend } = await open(t, (connection, stream) => connection.headers(stream, [...ok, ['x-a', value]], true))
    const exchange = RecordedExchange.on(backend)
    await exchange.failed.catch(() => {})
    assert.doesNotMatch(exchange.fields, /evil|\0|a\r?b/)
  }
})

test('lengths that disagree with the content', async (t) => {
  const wrong: readonly (readonly [string, string])[] = [
    ['5', 'toolong'],
    ['5', 'four'],
    ['0', 'x'],
  ]
  for (const [length, content] of wrong) {
    const failure = await failureOf(t, (connection, stream) => {
      connection.headers(stream, [...ok, ['content-length', length]])
      connection.data(stream, content, true)
    })
    assert.match(
      `${failure.kind} ${failure.reason}`,
      /^bad-answer (?:stream-protocol-error|stream-internal-error|malformed-body|session-error)$/,
    )
  }
})

test('a reset in the middle of the content is a cut', async (t) => {
  const { backend } = await open(t, (connection, stream) => {
    connection.headers(stream, ok)
    connection.data(stream, 'half')
    connection.reset(stream, 2)
  })
  const exchange = RecordedExchange.on(backend)
  assert.deepEqual(await exchange.failed, { kind: 'bad-answer', reason: 'stream-internal-error', untouched: false })
  assert.equal(exchange.trailers, null)
})

test('a reset without error in the middle of content whose length is known is a cut', async (t) => {
  const { backend } = await open(t, (connection, stream) => {
    connection.headers(stream, [...ok, ['content-length', '9']])
    connection.data(stream, 'half')
    connection.reset(stream, 0)
  })
  assert.equal((await RecordedExchange.on(backend).failed).kind, 'bad-answer')
})

test('a connection that is cut in the middle of the content, in whatever way', async (t) => {
  for (const end of [(c: RawHttp2Connection) => c.socket.end(), (c: RawHttp2Connection) => c.socket.resetAndDestroy()]) {
    const { backend } = await open(t, (connection, stream) => {
      connection.headers(stream, ok)
      connection.data(stream, 'half')
      setImmediate(() => end(connection))
    })
    const exchange = RecordedExchange.on(backend)
    assert.equal((await exchange.failed).kind, 'bad-answer')
    assert.equal(exchange.trailers, null)
  }
})

test('endless interim answers, and one that switches protocols', async (t) => {
  const many = await failureOf(t, (connection, stream) => {
    for (let count = 0; count < 100; count++) connection.headers(stream, [[':status', '103']])
  })
  assert.deepEqual([many.kind, many.reason], ['bad-answer', 'unexpected-interim'])
  const switched = await failureOf(t, (connection, stream) => connection.headers(stream, [[':status', '101']]))
  assert.equal(switched.kind, 'bad-answer')
})

test('heads that are too large: fields, bytes, CONTINUATION without end', async (t) => {
  const large = Array.from({ length: 100 }, (_, index) => [`x-${index}`, 'v'.repeat(400)] as const)
  const bytes = await failureOf(t, (connection, stream) => {
    const block = headerBlock([...ok, ...large])
    connection.send(frameTypes.headers, 0, stream, block.subarray(0, 16_000))
    connection.send(frameTypes.continuation, 0, stream, block.subarray(16_000, 32_000))
    connection.send(frameTypes.continuation, flags.endHeaders, stream, block.subarray(32_000))
  })
  assert.equal(bytes.kind, 'bad-answer')
  const many = await failureOf(t, (connection, stream) =>
    connection.headers(stream, [...ok, ...Array.from({ length: 600 }, (_, index) => [`x-${index}`, ''] as const)]),
  )
  assert.equal(many.kind, 'bad-answer')
  const endless = await failureOf(t, (connection, stream) => {
    connection.send(frameTypes.headers, 0, stream, headerBlock(ok))
    for (let count = 0; count < 1000; count++) connection.send(frameTypes.continuation, 0, stream, headerBlock([['x', 'y'.repeat(100)]]))
  })
  assert.equal(endless.kind, 'bad-answer')
})

test('trailers that are none', async (t) => {
  for (const trailer of [
    [':status', '200'],
    ['connection', 'close'],
    ['A', 'b'],
    ['x', 'y'.repeat(9000)],
  ] as const) {
    const { backend } = await open(t, (connection, stream) => {
      connection.headers(stream, ok)
      connection.data(stream, 'x')
      connection.headers(stream, [trailer], true)
    })
    const exchange = RecordedExchange.on(backend)
    assert.equal((await exchange.failed).kind, 'bad-answer', trailer.join())
    assert.equal(exchange.trailers, null)
  }
})

test('what would change how the content is read is left out of trailers', async (t) => {
  const { backend } = await open(t, (connection, stream) => {
    connection.headers(stream, ok)
    connection.data(stream, 'x')
    connection.headers(
      stream,
      [
        ['content-type', 'text/html'],
        ['x-sum', '1'],
      ],
      true,
    )
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.done
  assert.equal(exchange.trailers, 'x-sum: 1\r\n')
})

test('frames where none may be: after the end, on streams that nobody opened, pushed, beyond the window', async (t) => {
  const wrong: readonly RequestHandler[] = [
    (connection, stream) => connection.data(stream, 'before the head'),
    (connection) => connection.data(99, 'x'),
    (connection) => connection.headers(2, ok),
    (connection, stream) => connection.send(5, flags.endHeaders, stream, Buffer.concat([number32(2), headerBlock(ok)])),
    (connection, stream) => {
      connection.headers(stream, ok)
      connection.send(frameTypes.windowUpdate, 0, 0, number32(0x7fffffff))
    },
    (connection, stream) => connection.send(frameTypes.windowUpdate, 0, stream, number32(0)),
    (connection) => connection.send(frameTypes.settings, 0, 0, setting(4, 0xffffffff)),
    (connection) => connection.send(frameTypes.settings, 0, 0, Buffer.alloc(5)),
    (connection) => connection.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    (connection) => connection.send(frameTypes.data, flags.padded, 1, Buffer.from([200, 1])),
  ]
  for (const handler of wrong) {
    const failure = await failureOf(t, handler, handler.toString())
    assert.equal(failure.kind, 'bad-answer')
  }
})

test('content behind the end of an answer changes nothing', async (t) => {
  const { backend } = await open(t, (connection, stream, count) => {
    connection.headers(stream, ok)
    connection.data(stream, `answer ${count}`, true)
    if (count === 0) connection.data(stream, 'smuggled')
  })
  const first = RecordedExchange.on(backend)
  await first.done
  assert.equal(first.body, 'answer 0')
  const second = RecordedExchange.on(backend)
  await second.failed.catch(() => {})
  assert.doesNotMatch(second.body, /smuggled/)
})

test('content of an answer that has none is not passed on', async (t) => {
  for (const [method, status] of [
    ['HEAD', '200'],
    ['GET', '204'],
    ['GET', '304'],
  ] as const) {
    const { backend } = await open(t, (connection, stream) => {
      connection.headers(stream, [[':status', status]])
      connection.data(stream, 'smuggled', true)
    })
    const exchange = RecordedExchange.on(backend, { method })
    await exchange.failed.catch(() => {})
    assert.equal(exchange.body, '')
  }
})

test('a flood of empty frames, pings and settings ends the connection', async (t) => {
  const floods: readonly ((connection: RawHttp2Connection, stream: number) => void)[] = [
    (connection, stream) => connection.data(stream, ''),
    (connection) => connection.send(frameTypes.settings, 0, 0, setting(1, 100)),
    (connection) => connection.send(frameTypes.ping, 0, 0, Buffer.alloc(8)),
  ]
  for (const flood of floods) {
    const failure = await failureOf(t, (connection, stream) => {
      connection.headers(stream, ok)
      connection.socket.pause()
      for (let count = 0; count < 20_000; count++) flood(connection, stream)
    })
    assert.equal(failure.kind, 'bad-answer')
  }
})

test('GOAWAY: what was begun goes on, what was not is untouched, and the next one takes another connection', async (t) => {
  const { backend, peer } = await open(t, (connection, stream, count) => {
    if (count === 1) {
      connection.goaway(1, 0)
      connection.headers(1, ok)
      connection.data(1, 'begun', true)
    } else if (count > 1) connection.headers(stream, ok, true)
  })
  const [first, second] = [RecordedExchange.on(backend), RecordedExchange.on(backend)]
  await first.done
  assert.equal(first.body, 'begun')
  assert.deepEqual(await second.failed, { kind: 'bad-answer', reason: 'stream-refused', untouched: true })
  const third = RecordedExchange.on(backend)
  await third.done
  assert.equal(peer.connections.length, 2)
})

test('a backend that does not speak HTTP/2 is found at the latest when the connection should stand', async () => {
  const { createServer } = await import('node:net')
  const { once } = await import('node:events')
  const answers = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const silent = createServer((socket) => socket.on('error', () => {}))
  for (const server of [answers, silent]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const { backend, close, clock } = poolTo(`http://127.0.0.1:${address.port}`)
    const exchange = RecordedExchange.on(backend)
    if (server === silent) {
      await once(server, 'connection')
      clock.now = 5000
      backend.sweep(clock.now)
    }
    const { kind, reason } = await exchange.failed
    assert.deepEqual([kind, reason], server === silent ? ['answer-timeout', 'connect-timeout'] : ['connect-failed', 'not-http2'])
    close()
    server.close()
  }
})

for (const at of ['at once', 'when its backend has what was sent'] as const)
  test(`a request that is cut ${at} does not look whole to its backend`, async (t) => {
    const heard = Promise.withResolvers<RawHttp2Connection>()
    const { backend, peer } = await open(t, (connection) => heard.resolve(connection))
    const exchange = RecordedExchange.on(backend, { method: 'POST', chunked: true, body: null })
    const channel = await exchange.ready
    const connection = await heard.promise
    channel.requestData(Buffer.from('abc'), 0, 3, Number.POSITIVE_INFINITY)
    const has = (type: number): boolean => connection.frames.some((frame) => frame.type === type)
    while (at !== 'at once' && !has(frameTypes.data)) await new Promise(setImmediate)
    channel.abort()
    while (!has(frameTypes.resetStream)) await new Promise(setImmediate)
    const ends = ({ type, flags: set }: Frame): boolean =>
      (type === frameTypes.headers || type === frameTypes.data) && (set & flags.endStream) !== 0
    assert.deepEqual(peer.connections[0]!.frames.filter(ends), [])
  })

/** What node:http2 takes for a connection that is closing in good order stays open behind an error of its backend. */
test('a backend that says goodbye, breaks the rules and leaves fails what it has begun to answer', async (t) => {
  const { backend } = await open(t, (connection, stream) => {
    connection.headers(stream, ok)
    connection.goaway(stream, 0)
    connection.send(frameTypes.data, flags.none, stream, Buffer.alloc(17_000))
    connection.socket.once('data', () => connection.socket.destroy())
  })
  const { kind } = await RecordedExchange.on(backend).failed
  assert.equal(kind, 'bad-answer')
})

test('an answer of unknown length that the gateway itself cuts does not look whole', async (t) => {
  const { backend, close } = await open(t, (connection, stream) => {
    connection.headers(stream, ok)
    connection.data(stream, 'x')
  })
  const exchange = RecordedExchange.on(backend)
  await exchange.began
  close()
  const { kind } = await exchange.failed
  assert.equal(kind, 'bad-answer')
})
