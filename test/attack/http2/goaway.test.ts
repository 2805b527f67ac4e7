/**
 * Clients that say that they go, and then break the protocol or vanish: node:http2 by itself never hears of either again, so that the
 * request and the connection would be held for ever.
 */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Http2WireClient } from '../../wire/http2-client.ts'
import { flags, frame, frameTypes, headers, preface, requestFields, settings, uint32 } from '../../wire/http2-frames.ts'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { timeouts } from '../../wire/plan.ts'
import { TestClock } from '../../wire/test-clock.ts'
import { OpenGateway } from '../http/open-gateway.ts'

const goaway = frame(frameTypes.goaway, flags.none, 0, Buffer.concat([uint32(0), uint32(0)]))
/** gRPC, whose streams may be at rest for as long as they like. */
const stream = [[':method', 'POST'] as const, ...requestFields.slice(1), ['content-type', 'application/grpc'] as const]
const begun = Buffer.concat([preface, settings(), headers(1, stream, false)])
const ping = frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8))

let clock: TestClock
let gateway: OpenGateway
let client: Http2WireClient
beforeEach(async () => {
  clock = new TestClock()
  gateway = await OpenGateway.start({}, 1024 * 1024, { clock })
  client = await Http2WireClient.connect(gateway.port)
})
afterEach(async () => {
  client.destroy()
  await gateway.stop()
})

describe('after GOAWAY,', () => {
  const wrong: readonly (readonly [string, Buffer])[] = [
    ['content on a stream that there is not', frame(frameTypes.data, flags.none, 5, Buffer.from('late'))],
    ['settings of a wrong length', frame(frameTypes.settings, flags.none, 0, Buffer.alloc(5))],
    ['a continuation of nothing', frame(frameTypes.continuation, flags.none, 1)],
    ['a frame that is too large', Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])],
  ]
  for (const [name, bytes] of wrong) {
    it(`${name} ends the connection and what is on it`, async () => {
      client.send(begun, goaway, bytes)
      await client.end()
      await nothingLeft(gateway.local, gateway.backend)
    })
  }

  it('the end of the connection ends what is on it', async () => {
    const arrived = gateway.backend.next()
    client.send(begun, goaway)
    const request = await arrived
    client.destroy()
    await request.closed
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('the answer to what was asked before comes, and then the connection closes', async () => {
    client.send(preface, settings(), headers(1), goaway)
    await client.frame(frameTypes.headers, 1)
    await client.end()
    assert.equal(client.goaway, 0)
  })

  it('nothing more is taken', async () => {
    const arrived = gateway.backend.next()
    client.send(begun, goaway)
    await arrived
    client.send(headers(3))
    assert.equal((await client.frame(frameTypes.resetStream, 3)).payload.readUInt32BE(0), 7)
    assert.equal(gateway.backend.requests.length, 1)
  })
})

describe('a client with a stream at rest', () => {
  const pings = (set: number) => client.frames.filter((candidate) => candidate.type === frameTypes.ping && candidate.flags === set)

  /** Resolves with the `count`th PING that there is. */
  async function pinged(set: number, count: number): Promise<Buffer> {
    while (pings(set).length < count) {
      assert.equal(client.closed, false)
      await client.next()
    }
    return pings(set)[count - 1]!.payload
  }

  beforeEach(async () => {
    gateway.backend.on('/', (request) =>
      request.write('HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n'),
    )
    client.send(begun, ping)
    await client.frame(frameTypes.headers, 1)
    await pinged(flags.acknowledged, 1)
  })

  it('is asked whether it is there, and given up when it says nothing', async () => {
    await clock.advance(1000)
    await clock.advance(60_000)
    await pinged(flags.none, 1)
    await clock.advance(20_000)
    await client.end()
    await nothingLeft(gateway.local, gateway.backend)
  })

  it('keeps it when it answers', async () => {
    for (let asked = 1; asked <= 3; asked++) {
      await clock.advance(1000)
      await clock.advance(60_000)
      client.send(frame(frameTypes.ping, flags.acknowledged, 0, await pinged(flags.none, asked)), ping)
      await pinged(flags.acknowledged, asked + 1)
      await clock.advance(19_000)
    }
    assert.equal(client.closed, false)
  })
})

it('a client that asks for much, breaks the protocol and reads nothing is closed', async () => {
  gateway.backend.on('/', (request) => request.respond('x'.repeat(60_000)))
  client.pause()
  const window = 2 ** 31 - 1
  client.send(preface, settings([4, window]), frame(frameTypes.windowUpdate, flags.none, 0, uint32(window - 65_535)))
  const asked = 95
  client.send(...Array.from({ length: asked }, (_, index) => headers(2 * index + 1)))
  while (gateway.backend.requests.length < asked) await gateway.backend.next()
  client.send(frame(frameTypes.data, flags.none, 2001, Buffer.from('late')))
  await clock.advanceUntil(timeouts.keepAlive + 1, nothingLeft(gateway.local, gateway.backend, { backends: asked }))
})
