import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority, tlsSettings } from '../../../wire/authority.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { ChatServer } from '../../../wire/web-socket-server.ts'

test('a WebSocket over TLS', async (t) => {
  const authority = new Authority('Servers')
  const chat = await ChatServer.start()
  t.after(() => chat.stop())
  const upgrade = { protocol: 'websocket', idle: 60_000, life: 0, tokenProtocol: null, maxFrame: 64 * 1024 * 1024, limit: null }
  const plan = planOf([chat.url], { operations: [{ method: 'GET', template: '/chat', upgrade }] })
  const certificate = authority.issue('gateway', { names: ['localhost'] })
  const environment = { POSTERN_HTTPS_PORT: '0', ...tlsSettings(temporaryFolder(t), certificate) }
  const gateway = await LocalGateway.start(plan, { environment })
  t.after(() => gateway.stop())
  const options = { ca: authority.pem, servername: 'localhost' }
  const socket = new WebSocket(`wss://127.0.0.1:${gateway.securePort}/chat`, options)
  await once(socket, 'open')
  for (const message of [Buffer.from('small'), Buffer.alloc(8 * 1024 * 1024, 'large')]) {
    const answer = once(socket, 'message')
    socket.send(message)
    assert.ok((await answer)[0].equals(message))
  }
  const closed = once(socket, 'close')
  socket.close(4000, 'bye')
  assert.deepEqual([(await closed)[0], chat.requests.at(-1)?.headers['x-forwarded-proto']], [4000, 'https'])
})
