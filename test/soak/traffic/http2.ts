/** The same over HTTP/2, several requests at a time on one connection. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants, type IncomingHttpHeaders } from 'node:http2'
import { Readable } from 'node:stream'
import { assertForwarded, assertRefused, type Got } from '../exchange.ts'
import { digestOf, pieces, sizes } from '../payload.ts'
import type { Traffic, World } from '../world.ts'

type Asked = { readonly method?: string; readonly path: string; readonly token?: string; readonly upload?: number }

async function exchange(world: World, { method = 'GET', path, token, upload }: Asked): Promise<Got> {
  const headers = { ':method': method, ':path': path, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const stream = world.http2.any().request(headers, { endStream: upload === undefined })
  const answered = once(stream, 'response') as Promise<[IncomingHttpHeaders & { readonly ':status'?: number }]>
  if (upload !== undefined) Readable.from(pieces(upload)).pipe(stream)
  const [answer] = await answered
  const hash = createHash('sha256')
  let length = 0
  let text = ''
  for await (const piece of stream) {
    const bytes = piece as Buffer
    hash.update(bytes)
    length += bytes.length
    if (text.length < 4096) text += bytes.toString('latin1', 0, 4096)
  }
  assert.ok(answer['x-request-id'], 'the answer has no request id')
  return { status: answer[':status'] ?? 0, headers: answer, length, digest: hash.digest('hex'), text }
}

export const http2Echo: Traffic = {
  name: 'HTTP/2 small request',
  weight: 40,
  run: async (world) => {
    const id = `h${world.next()}`
    const got = await exchange(world, { path: `/steady/echo/${id}`, token: world.random.pick(world.tokens) })
    assertForwarded(got)
    assert.equal(got.text, JSON.stringify({ id, method: 'GET', authorization: null }))
  },
}

export const http2Download: Traffic = {
  name: 'HTTP/2 body down',
  weight: 8,
  run: async (world) => {
    const bytes = world.random.pick(sizes)
    const got = await exchange(world, { path: `/steady/bytes/${bytes}`, token: world.random.pick(world.tokens) })
    assertForwarded(got)
    assert.deepEqual([got.length, got.digest], [bytes, digestOf(bytes)])
  },
}

export const http2Upload: Traffic = {
  name: 'HTTP/2 body up',
  weight: 8,
  run: async (world) => {
    const upload = world.random.pick(sizes)
    const got = await exchange(world, { method: 'POST', path: '/steady/digest', token: world.random.pick(world.tokens), upload })
    assertForwarded(got)
    assert.equal(got.text, digestOf(upload))
  },
}

export const http2Refused: Traffic = {
  name: 'HTTP/2 refused',
  weight: 8,
  run: async (world) => {
    const path = world.random.pick(['/steady/echo/1', '/steady/nothing'])
    assertRefused(await exchange(world, { path }), path.endsWith('nothing') ? 404 : 401)
  },
}

/** Takes a request back in the middle of its answer; the connection and its other requests go on. */
export const http2Aborted: Traffic = {
  name: 'HTTP/2 aborted',
  weight: 3,
  run: async (world) => {
    const headers = { ':path': '/steady/bytes/5000000', authorization: `Bearer ${world.random.pick(world.tokens)}` }
    const stream = world.http2.any().request(headers)
    stream.on('error', () => {})
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
  },
}
