import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { UpgradePlan } from '../../../../src/contract/plan/upgrade.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority, tlsSettings } from '../../../wire/authority.ts'
import { Backend } from '../../../wire/backend.ts'
import { closeReason, readFrames } from '../../../wire/frames.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { RawConnection } from '../../../wire/raw-connection.ts'
import { secureSocket } from '../../../wire/secure-client.ts'
import { nextSwitch, upgradeText } from '../../../wire/upgrade.ts'
import { ChatServer } from '../../../wire/web-socket-server.ts'

const upgrade: UpgradePlan = {
  protocol: 'websocket',
  idle: 60_000,
  life: 0,
  tokenProtocol: null,
  maxFrame: 64 * 1024 * 1024,
  limit: null,
  perConsumer: 100,
}

test('a WebSocket over TLS', async (t) => {
  const authority = new Authority('Servers')
  const chat = await ChatServer.start()
  t.after(() => chat.stop())
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

test('a WebSocket towards an https backend', async (t) => {
  const authority = new Authority('Backends')
  const chat = await ChatServer.start(authority.issue('chat', { names: ['chat.internal'] }))
  t.after(() => chat.stop())
  const tls = { authorities: [authority.pem], clientCertificate: null, serverName: 'chat.internal' }
  const upstreams = [{ url: [chat.url], http: '1.1', tls, credential: null }] as const
  const gateway = await LocalGateway.start(planOf([], { upstreams, operations: [{ method: 'GET', template: '/chat', upgrade }] }))
  t.after(() => gateway.stop())
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/chat`)
  await once(socket, 'open')
  for (const message of [Buffer.from('small'), Buffer.alloc(8 * 1024 * 1024, 'large')]) {
    const answer = once(socket, 'message')
    socket.send(message)
    assert.ok((await answer)[0].equals(message))
  }
  const [accepted] = [...chat.clients]
  const closed = once(socket, 'close')
  accepted!.close(4001, 'bye')
  assert.equal((await closed)[0], 4001)
})

test('it is closed when the client certificate that opened it expires', async (t) => {
  const authority = new Authority('Clients')
  const alice = authority.issue('alice', { purpose: 'client' })
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([backend.url], {
    clientCertificates: {
      authorities: [{ pem: authority.pem, subject: 'CN=Clients', notAfter: 0 }],
      everywhere: null,
      holders: [],
      header: null,
    },
    operations: [{ method: 'GET', template: '/chat', upgrade, certificate: 'required', security: { kind: 'certificate' } }],
  })
  let wall = Date.now()
  const environment = { POSTERN_HTTPS_PORT: '0', ...tlsSettings(temporaryFolder(t), authority.issue('gateway', { names: ['localhost'] })) }
  const clock = { now: () => wall, monotonic: () => performance.now() }
  const gateway = await LocalGateway.start(plan, { environment, clock })
  t.after(() => gateway.stop())
  const client = new RawConnection(await secureSocket(gateway.securePort, { ALPNProtocols: ['http/1.1'], ...alice }))
  t.after(() => client.destroy())
  const switched = nextSwitch(backend)
  client.send(upgradeText('/chat'))
  const { connection } = await switched
  assert.match(await client.head(), /^HTTP\/1\.1 101 /)
  wall += 48 * 3_600_000
  for (const side of [client, connection]) {
    const bytes = await side.until((all) => readFrames(all).at(-1)?.opcode === 8)
    assert.deepEqual(closeReason(readFrames(bytes).at(-1)!), [1008, 'certificate expired'])
  }
})
