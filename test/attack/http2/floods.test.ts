/**
 * Clients that make the gateway work without asking for anything, or hold on to what they have asked for. Each ends with the connection,
 * or with the stream; other clients notice nothing, and nothing is left behind.
 */
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import { ask } from '../../wire/client.ts'
import { Http2WireClient } from '../../wire/http2-client.ts'
import { flags, frame, frameTypes, headerBlock, headers, preface, requestFields, settings, uint32 } from '../../wire/http2-frames.ts'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { timeouts } from '../../wire/plan.ts'
import { TestClock } from '../../wire/test-clock.ts'
import { OpenGateway } from '../http/open-gateway.ts'

const enhanceYourCalm = 0xb

let gateway: OpenGateway
let client: Http2WireClient
afterEach(async () => {
  client.destroy()
  await gateway.stop()
})

async function attack(changes: Partial<GatewayPlan> = {}): Promise<void> {
  gateway = await OpenGateway.start(changes)
  client = await Http2WireClient.open(gateway.port)
}

/** The attacker's connection is ended with one of `codes`, and everybody else is served as before. */
async function ended(...codes: readonly number[]): Promise<void> {
  await client.end()
  assert.ok(client.goaway !== null && codes.includes(client.goaway), `GOAWAY said ${client.goaway}`)
  assert.equal((await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status, 200)
  await nothingLeft(gateway.local, gateway.backend)
}

/** A PING is answered behind all that was sent before it. */
async function answered(pings: number): Promise<void> {
  client.send(frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8)))
  while (!client.closed && client.frames.filter(({ type }) => type === frameTypes.ping).length <= pings) await client.next()
}

function many(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)))
}

const post = [[':method', 'POST'] as const, ...requestFields.slice(1)]
const cancel = (stream: number): Buffer => frame(frameTypes.resetStream, flags.none, stream, uint32(8))

describe('a flood of', () => {
  it('requests that are reset at once ends the connection (CVE-2023-44487)', async () => {
    await attack()
    client.send(many(2000, (index) => Buffer.concat([headers(2 * index + 1), cancel(2 * index + 1)])))
    await ended(enhanceYourCalm, 2)
    assert.ok(gateway.backend.requests.length < 500, `${gateway.backend.requests.length} requests reached the backend`)
  })

  it('the same behind a trusted proxy does not cut what its other clients have begun', async () => {
    await attack({ trustedProxies: ['127.0.0.1'] })
    const arrived = gateway.backend.next()
    client.send(headers(1, post, false))
    await arrived
    for (let batch = 0; batch < 6; batch++) {
      client.send(many(50, (index) => Buffer.concat([headers(2 * (50 * batch + index) + 3), cancel(2 * (50 * batch + index) + 3)])))
      await answered(batch)
    }
    await client.frame(frameTypes.goaway, 0)
    client.send(frame(frameTypes.data, flags.endStream, 1, Buffer.from('the rest')))
    await client.frame(frameTypes.headers, 1)
    await client.end()
    assert.equal(client.goaway, 0)
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('requests behind a trusted proxy that is told to go and does not ends the connection all the same', async () => {
    await attack({ trustedProxies: ['127.0.0.1'] })
    client.send(headers(1, post, false))
    client.send(many(2000, (index) => Buffer.concat([headers(2 * index + 3), cancel(2 * index + 3)])))
    await ended(enhanceYourCalm, 0, 2)
  })

  it('requests that the gateway is made to reset ends the connection (CVE-2025-8671)', async () => {
    await attack()
    // A window update of nothing is an error of its stream (RFC 9113 §6.9).
    const update = (stream: number): Buffer => frame(frameTypes.windowUpdate, flags.none, stream, uint32(0))
    client.send(many(2000, (index) => Buffer.concat([headers(2 * index + 1, post, false), update(2 * index + 1)])))
    await ended(enhanceYourCalm, 1)
    assert.ok(gateway.backend.requests.length < 500, `${gateway.backend.requests.length} requests reached the backend`)
  })

  it('continuations ends the connection (CVE-2024-27316)', async () => {
    await attack()
    client.send(frame(frameTypes.headers, flags.endStream, 1, headerBlock(requestFields)))
    client.send(many(10_000, () => frame(frameTypes.continuation, flags.none, 1, headerBlock([['x', 'y']]))))
    await ended(enhanceYourCalm, 1, 2, 7)
    assert.equal(gateway.backend.requests.length, 1)
  })

  it('settings ends the connection (CVE-2019-9515)', async () => {
    await attack()
    client.send(many(20_000, () => settings([3, 100])))
    await ended(enhanceYourCalm)
  })

  it('pings ends the connection (CVE-2019-9512)', async () => {
    await attack()
    client.send(many(20_000, () => frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8))))
    await ended(enhanceYourCalm)
  })

  it('pings of a client that measures its connection, one with each answer, does no harm', async () => {
    // Time stands still: nothing is forgotten.
    gateway = await OpenGateway.start({}, undefined, { clock: new TestClock() })
    client = await Http2WireClient.open(gateway.port)
    for (let round = 0; round < 150; round++) {
      client.send(headers(2 * round + 1))
      await client.frame(frameTypes.data, 2 * round + 1)
      await answered(round)
    }
    assert.deepEqual([client.closed, client.goaway], [false, null])
  })

  it('empty content ends the connection (CVE-2019-9518)', async () => {
    await attack()
    client.send(headers(1, post, false))
    client.send(many(20_000, () => frame(frameTypes.data, flags.none, 1)))
    await ended(enhanceYourCalm, 1, 2)
  })

  it('malformed requests ends the connection', async () => {
    await attack()
    client.send(many(2000, (index) => headers(2 * index + 1, [...requestFields, ['connection', 'close']])))
    await ended(enhanceYourCalm, 1, 2)
    assert.equal(gateway.backend.requests.length, 1)
  })

  it('requests beyond what is allowed at a time is refused stream by stream, or ends the connection', async () => {
    await attack()
    gateway.backend.on('/', () => {})
    client.send(many(300, (index) => headers(2 * index + 1, post, false)))
    await Promise.race([client.end(), client.frame(frameTypes.resetStream, 599).then(() => client.destroy())])
    assert.ok(gateway.backend.requests.length <= 100)
  })

  const priorities = (count: number): Buffer =>
    many(count, (index) => frame(frameTypes.priority, flags.none, 1 + 2 * (index % 50), Buffer.from([0, 0, 0, 0, 16])))

  it('priorities ends the connection (CVE-2019-9513)', async () => {
    await attack()
    client.send(priorities(20_000))
    await ended(0, enhanceYourCalm)
  })

  it('no more priorities than a browser sends does no harm', async () => {
    await attack()
    client.send(priorities(500), headers(101))
    await client.frame(frameTypes.headers, 101)
  })

  it('padding is taken for what it is', async () => {
    await attack()
    const block = headerBlock(post)
    const padded = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([255]), payload, Buffer.alloc(255)])
    client.send(frame(frameTypes.headers, flags.endHeaders | flags.padded, 1, padded(block)))
    client.send(many(100, () => frame(frameTypes.data, flags.padded, 1, padded(Buffer.from('x')))))
    client.send(frame(frameTypes.data, flags.endStream, 1))
    await client.frame(frameTypes.headers, 1)
    assert.equal(gateway.backend.requests[0]!.message.body.length, 100)
  })
})

describe('a header list', () => {
  const fields = (count: number, value: string): [string, string][] => [
    ...requestFields.map(([name, text]): [string, string] => [name, text]),
    ...Array.from({ length: count }, (_, index): [string, string] => [`x-${index}`, value]),
  ]

  it('with more fields than a request may have gets 431', async () => {
    await attack()
    client.send(headers(1, fields(120, 'y')))
    await client.frame(frameTypes.headers, 1)
    assert.equal(gateway.local.accessLines.at(-1)?.status, 431)
  })

  it('that is larger than a head may be gets 431', async () => {
    await attack()
    // More than one frame may hold.
    const block = headerBlock(fields(20, 'y'.repeat(900)))
    client.send(frame(frameTypes.headers, flags.endStream, 1, block.subarray(0, 16_000)))
    client.send(frame(frameTypes.continuation, flags.endHeaders, 1, block.subarray(16_000)))
    await client.frame(frameTypes.headers, 1)
    assert.equal(gateway.local.accessLines.at(-1)?.status, 431)
  })

  it('that is far too large is reset, and never seen whole', async () => {
    await attack()
    client.send(headers(1, fields(1500, 'y')))
    await Promise.race([client.frame(frameTypes.resetStream, 1), client.end()])
    assert.deepEqual(gateway.local.accessLines, [])
  })
})

describe('a client that waits', () => {
  let clock: TestClock

  async function wait(): Promise<void> {
    clock = new TestClock()
    gateway = await OpenGateway.start({}, 1024 * 1024, { clock })
    client = await Http2WireClient.connect(gateway.port)
  }

  it('with its preface is closed', async () => {
    await wait()
    client.send(preface.subarray(0, 20))
    await clock.advanceUntil(timeouts.head + 1, client.end())
  })

  it('with its first request is closed', async () => {
    await wait()
    client.send(preface, settings())
    await client.frame(frameTypes.settings, 0)
    await clock.advanceUntil(timeouts.head + 1, client.end())
  })

  it('with its next request is told to go', async () => {
    await wait()
    client.send(preface, settings(), headers(1))
    await client.frame(frameTypes.headers, 1)
    await clock.advanceUntil(timeouts.keepAlive + 1, client.end())
    assert.equal(client.goaway, 0)
  })

  it('with closing its side does not keep the connection', async () => {
    await wait()
    client.destroy()
    client = await Http2WireClient.connect(gateway.port, true)
    client.send(preface, settings(), headers(1))
    await client.frame(frameTypes.headers, 1)
    await clock.advanceUntil(timeouts.keepAlive + 1, client.frame(frameTypes.goaway, 0))
    await clock.advanceUntil(1001, nothingLeft(gateway.local, gateway.backend))
  })

  it('with the content of a request gets 408', async () => {
    await wait()
    const arrived = gateway.backend.next()
    client.send(preface, settings(), headers(1, post, false))
    const request = await arrived
    await clock.advanceUntil(timeouts.bodyIdle + 1, client.frame(frameTypes.headers, 1))
    await request.closed
    assert.deepEqual([gateway.local.accessLines.at(-1)?.status, gateway.local.accessLines.at(-1)?.reason], [408, 'body-timeout'])
    client.destroy()
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('before it takes an answer has its stream reset, and not its others', async () => {
    await wait()
    // No window for content: the answer cannot go out.
    client.send(preface, settings([4, 0]), headers(1), headers(3))
    await client.frame(frameTypes.headers, 1)
    await client.frame(frameTypes.headers, 3)
    await clock.advance(1000)
    // All of the third stream is taken.
    client.send(frame(frameTypes.windowUpdate, flags.none, 3, uint32(100_000)))
    await client.frame(frameTypes.data, 3)
    await clock.advance(timeouts.bodyIdle + 1)
    assert.equal((await client.frame(frameTypes.resetStream, 1)).payload.readUInt32BE(0), 2)
    assert.equal(client.closed, false)
  })
})

describe('a client that goes away', () => {
  it('with its stream ends the request to the backend at once', async () => {
    await attack()
    const arrived = gateway.backend.once(() => {})
    client.send(headers(1))
    const request = await arrived
    client.send(cancel(1))
    await request.closed
    await nothingLeft(gateway.local, gateway.backend, { clients: 1 })
    assert.deepEqual([gateway.local.accessLines.at(-1)?.status, gateway.local.accessLines.at(-1)?.aborted], [499, true])
  })

  it('with a stream that has no answer to send any more does no harm', async () => {
    await attack()
    const arrived = gateway.backend.once(() => {})
    const head: readonly [string, string][] = [
      [':method', 'HEAD'],
      ...requestFields.slice(1).map(([name, value]): [string, string] => [name, value]),
    ]
    client.send(headers(1, head, false))
    const request = await arrived
    // Without an error: node:http2 lets such a stream live on until its content has been read.
    client.send(frame(frameTypes.resetStream, flags.none, 1, uint32(0)), frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8)))
    await client.frame(frameTypes.ping, 0)
    request.respond('')
    client.send(headers(3))
    await client.frame(frameTypes.headers, 3)
    client.destroy()
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('with its connection ends all its requests', async () => {
    await attack()
    gateway.backend.on('/', () => {})
    client.send(headers(1), headers(3), headers(5))
    while (gateway.backend.requests.length < 3) await gateway.backend.next()
    client.destroy()
    await nothingLeft(gateway.local, gateway.backend)
  })
})
