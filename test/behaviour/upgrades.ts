import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { type ClientOptions, WebSocket } from 'ws'
import { Client } from '../wire/client.ts'
import { upgradeText } from '../wire/upgrade.ts'
import type { Start } from './running-gateway.ts'
import { type There, World } from './world.ts'

function webSocket(world: World, path: string, subprotocols: readonly string[] = [], options: ClientOptions = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${world.gateway.port}/chat${path}`, [...subprotocols], { perMessageDeflate: false, ...options })
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open')
  return socket
}

/** Status and body of the answer to a request that did not become a WebSocket. */
async function refusal(socket: WebSocket): Promise<readonly [number, string]> {
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk
  return [response.statusCode, body]
}

async function echoed(socket: WebSocket, message: string | Buffer): Promise<Buffer> {
  const answer = once(socket, 'message')
  socket.send(message)
  return (await answer)[0] as Buffer
}

/** Code and reason with which the other side closes. */
function closed(socket: WebSocket): Promise<readonly [number, string]> {
  return new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])))
}

async function close(socket: WebSocket): Promise<void> {
  const over = closed(socket)
  socket.close(1000)
  await over
}

export function upgrades(there: There): void {
  const authorised = (world: World, claims = {}): ClientOptions => ({
    headers: { authorization: world.project.one.bearer({ scope: 'orders:read', ...claims }).slice('Authorization: '.length) },
  })

  describe('a WebSocket', () => {
    it('carries messages of every size both ways', async () => {
      const socket = await opened(webSocket(there(), '/open'))
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 900_000]) {
        const message = Buffer.alloc(size, size % 251)
        assert.ok((await echoed(socket, message)).equals(message), `${size} bytes`)
      }
      assert.equal(String(await echoed(socket, 'text — with more than ASCII')), 'text — with more than ASCII')
      await close(socket)
    })

    it('carries many at once, in their order', async () => {
      const socket = await opened(webSocket(there(), '/open'))
      const received: string[] = []
      const all = new Promise<void>((resolve) =>
        socket.on('message', (data) => {
          received.push(String(data))
          if (received.length === 2000) resolve()
        }),
      )
      const sent = Array.from({ length: 2000 }, (_, index) => `${index} ${'x'.repeat(index)}`)
      for (const message of sent) socket.send(message)
      await all
      assert.deepEqual(received, sent)
      await close(socket)
    })

    it('may be compressed, and subprotocols are agreed on', async () => {
      const socket = await opened(webSocket(there(), '/open', ['other', 'chat'], { perMessageDeflate: { threshold: 0 } }))
      assert.match(socket.extensions, /permessage-deflate/)
      assert.equal(socket.protocol, 'chat')
      assert.equal(String(await echoed(socket, 'again and again '.repeat(1000))), 'again and again '.repeat(1000))
      await close(socket)
    })

    it('passes Ping and Pong on', async () => {
      const socket = await opened(webSocket(there(), '/open'))
      const pong = once(socket, 'pong')
      socket.ping('still there?')
      assert.equal(String((await pong)[0]), 'still there?')
      await close(socket)
    })

    it('ends as the backend says', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/open'))
      const over = closed(socket)
      for (const client of world.chat.clients) client.close(4001, 'enough')
      assert.deepEqual(await over, [4001, 'enough'])
    })

    it('ends for the backend as the client says, and is written down', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/open'))
      const peer = [...world.chat.clients].at(-1)!
      const over = closed(peer)
      await echoed(socket, 'hello')
      const id = world.chat.requests.at(-1)?.headers['x-request-id']
      socket.close(4002, 'bye')
      assert.deepEqual(await over, [4002, 'bye'])
      const line = await world.gateway.log.find(({ requestId }) => requestId === id)
      assert.deepEqual([line.status, line.operation, line.reason, line.bytesOut], [101, 'openRoom', 'closed', 7 + 7])
    })

    it('is closed when its client goes away without a word', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/open'))
      const over = closed([...world.chat.clients].at(-1)!)
      socket.terminate()
      assert.deepEqual(await over, [1006, ''])
    })

    it('goes to the backend as a request of the gateway', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/open?since=3', [], { headers: { cookie: 'a=b', 'x-request-id': 'mine' } }))
      const { url, headers } = world.chat.requests.at(-1)!
      assert.equal(url, '/open?since=3')
      assert.deepEqual([headers.upgrade, headers.connection, headers.cookie, headers.via], ['websocket', 'Upgrade', 'a=b', '1.1 postern'])
      assert.notEqual(headers['x-request-id'], 'mine')
      assert.match(String(headers['x-forwarded-for']), /127\.0\.0\.1/)
      await close(socket)
    })

    it('is not opened without a good token, and the backend hears nothing', async () => {
      const world = there()
      const before = world.chat.requests.length
      assert.equal((await refusal(webSocket(world, '/room')))[0], 401)
      assert.equal((await refusal(webSocket(world, '/room', [], { headers: { authorization: 'Bearer nonsense' } })))[0], 401)
      assert.equal((await refusal(webSocket(world, '/room', [], authorised(world, { scope: 'orders:write' }))))[0], 403)
      assert.equal(world.chat.requests.length, before)
    })

    it('is opened with a token in a field, which the backend does not see', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/room', [], authorised(world)))
      assert.equal(world.chat.requests.at(-1)!.headers.authorization, undefined)
      await close(socket)
    })

    it('is opened with a token as a subprotocol, which the backend does not see', async () => {
      const world = there()
      const token = world.project.one.token({ scope: 'orders:read' })
      const alone = await opened(webSocket(world, '/room', ['bearer', token]))
      assert.equal(alone.protocol, 'bearer')
      assert.equal(world.chat.requests.at(-1)!.headers['sec-websocket-protocol'], undefined)
      await close(alone)
      const beside = await opened(webSocket(world, '/room', ['bearer', token, 'chat']))
      assert.equal(beside.protocol, 'chat')
      assert.equal(world.chat.requests.at(-1)!.headers['sec-websocket-protocol'], 'chat')
      await close(beside)
      assert.equal(world.gateway.log.text.includes(token), false)
    })

    it('is not opened with two tokens, or with one as a subprotocol where that was not switched on', async () => {
      const world = there()
      const token = world.project.one.token({ scope: 'orders:read' })
      assert.equal((await refusal(webSocket(world, '/room', ['bearer', token], authorised(world))))[0], 400)
      const open = webSocket(world, '/open', ['bearer', 'x'])
      open.on('error', () => {})
      await closed(open)
      assert.equal(world.chat.requests.at(-1)!.headers['sec-websocket-protocol'], 'bearer, x')
    })

    it('is closed when its token expires', async () => {
      const world = there()
      const expired = Math.floor(Date.now() / 1000) - 4
      const socket = await opened(webSocket(world, '/room', [], authorised(world, { exp: expired })))
      assert.deepEqual(await closed(socket), [1008, 'token expired'])
    })

    it('is closed when its client sends more than it may', async () => {
      const socket = await opened(webSocket(there(), '/strict'))
      const over = closed(socket)
      for (let message = 0; message < 4; message++) socket.send('x')
      assert.deepEqual(await over, [1008, 'limit'])
    })

    it('is not opened by a backend that refuses, whose answer is passed on', async () => {
      const world = there()
      world.chat.refusal = 403
      assert.deepEqual(await refusal(webSocket(world, '/open')), [403, 'no'])
      world.chat.refusal = 0
    })

    it('is needed where the operation has it', async () => {
      const { status, message } = await there().ask('GET', '/chat/open')
      assert.deepEqual([status, message.field('Upgrade')], [426, 'websocket'])
      assert.deepEqual([message.values('Connection').includes('Upgrade'), JSON.parse(message.text).code], [true, 42600])
    })

    it('is not opened where the operation does not have it', async () => {
      const client = await Client.connect(there().gateway.port)
      const { status, message } = await client.request(upgradeText('/open/v1/echo'))
      assert.deepEqual([status, /upgrade|websocket/i.test(message.text)], [200, false])
      await client.destroy()
    })

    it('is counted', async () => {
      const world = there()
      const socket = await opened(webSocket(world, '/open'))
      await echoed(socket, 'count me')
      const { text } = await world.admin('/metrics')
      assert.match(text, /^postern_tunnels_open [1-9]/m)
      assert.match(text, /^postern_tunnel_frames_total\{direction="out"\} [1-9]/m)
      assert.match(text, /^postern_requests_total\{.*operation="openRoom".*status="101"\} [1-9]/m)
      await close(socket)
    })
  })
}

/** Each ends its gateway. */
export function tunnelsThatDrain(start: Start): void {
  describe('a gateway that is told to end while WebSockets are open', () => {
    it('closes them with 1001, and ends when they have', async () => {
      const world = await World.make(start, [], { POSTERN_DRAIN_SECONDS: '20' })
      try {
        const socket = await opened(webSocket(world, '/open'))
        const over = closed(socket)
        const stopped = world.gateway.stop()
        assert.deepEqual(await over, [1001, 'draining'])
        assert.equal(await stopped, 0)
      } finally {
        await world.end()
      }
    })
  })
}
