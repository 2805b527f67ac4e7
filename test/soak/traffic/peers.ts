/** Clients and backends that are slow, break off, or speak nonsense. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { assertForwarded, assertRefused, exchange } from '../exchange.ts'
import { digestOf, pieces } from '../payload.ts'
import type { Traffic } from '../world.ts'

const slowBytes = 2_000_000

/** Takes a large answer in small sips: the gateway must hold the backend back, not the answer. */
export const slowReader: Traffic = {
  name: 'slow reader',
  weight: 2,
  run: async (world) => {
    const got = await exchange(world, {
      path: `/steady/bytes/${slowBytes}`,
      token: world.random.pick(world.tokens),
      fresh: true,
      slowness: 20,
    })
    assertForwarded(got)
    assert.equal(got.digest, digestOf(slowBytes))
  },
}

const trickleBytes = 20

/** Sends a small body a byte at a time. */
export const slowUpload: Traffic = {
  name: 'slow upload',
  weight: 2,
  run: async (world) => {
    const got = await exchange(world, {
      method: 'POST',
      path: '/steady/digest',
      token: world.random.pick(world.tokens),
      upload: { bytes: trickleBytes, framing: world.random.pick(['length', 'chunked'] as const), slowness: 20 },
    })
    assertForwarded(got)
    assert.equal(got.text, digestOf(trickleBytes))
  },
}

/** Goes away in the middle of an answer. */
export const abortedDownload: Traffic = {
  name: 'aborted download',
  weight: 3,
  run: async (world) => {
    const headers = { authorization: `Bearer ${world.random.pick(world.tokens)}` }
    const { request, port, fresh } = world.random.pick(world.doors)
    const outgoing = request({ host: '127.0.0.1', port, path: '/steady/bytes/5000000', headers, agent: fresh }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    response.on('error', () => {})
    outgoing.on('error', () => {})
    await once(response, 'data')
    outgoing.destroy()
  },
}

/** Goes away in the middle of its own body, or of its head. */
export const abortedUpload: Traffic = {
  name: 'aborted upload',
  weight: 3,
  run: async (world) => {
    const socket = connect({ host: '127.0.0.1', port: world.port })
    socket.on('error', () => {})
    await once(socket, 'connect')
    const head = `POST /steady/digest HTTP/1.1\r\nHost: soak\r\nContent-Length: 3000000\r\nAuthorization: Bearer ${world.random.pick(world.tokens)}\r\n\r\n`
    if (world.random.onceIn(3)) socket.write(head.slice(0, world.random.below(head.length)))
    else {
      socket.write(head)
      for (const piece of pieces(world.random.below(1_000_000))) socket.write(piece)
    }
    await new Promise((resolve) => setTimeout(resolve, world.random.below(30)))
    if (world.random.onceIn(2)) socket.resetAndDestroy()
    else socket.destroy()
  },
}

/** A backend that resets the connection or answers what no parser may accept. */
export const brokenBackend: Traffic = {
  name: 'broken backend',
  weight: 3,
  run: async (world) => assertRefused(await exchange(world, { path: `/rough/${world.random.pick(['reset', 'garbage'])}` }), 502),
}

/** A backend that breaks off in the middle: the client must not take what came for the whole. */
export const cutAnswer: Traffic = {
  name: 'cut answer',
  weight: 2,
  run: async (world) => {
    await assert.rejects(exchange(world, { path: '/rough/cut', fresh: true }), { code: 'ECONNRESET' })
  },
}

/** A backend that is late, within its time. */
export const lateBackend: Traffic = {
  name: 'late backend',
  weight: 2,
  run: async (world) => assert.equal((await exchange(world, { path: '/rough/late' })).text, 'ok'),
}

/** A backend that never answers. */
export const silentBackend: Traffic = {
  name: 'silent backend',
  weight: 1,
  run: async (world) => assertRefused(await exchange(world, { path: '/rough/never', fresh: true }), 504),
}

/** A backend that closes the connections that it seemed to keep. What can be repeated is; a POST may have to be refused. */
export const closingBackend: Traffic = {
  name: 'closing backend',
  weight: 5,
  run: async (world) => {
    const method = world.random.pick(['GET', 'GET', 'POST'])
    const got = await exchange(world, { method, path: '/rough/closing' })
    if (method === 'POST' && got.status === 502) assertRefused(got, 502)
    else assert.deepEqual([got.status, got.text], [200, 'ok'])
  },
}
