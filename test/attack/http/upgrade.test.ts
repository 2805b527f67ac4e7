/** Requests to switch protocols, and answers to them, that must not open a tunnel. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { UpgradePlan } from '../../../src/contract/plan/upgrade.ts'
import { Backend, type BackendRequest } from '../../wire/backend.ts'
import { Client } from '../../wire/client.ts'
import { closing, frame } from '../../wire/frames.ts'
import { LocalGateway } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'
import { RawConnection } from '../../wire/raw-connection.ts'
import { key, nextSwitch, openTunnel, switching, upgradeText, webSocketFields } from '../../wire/upgrade.ts'
import { assertProblem, smuggled } from './open-gateway.ts'

const upgrade: UpgradePlan = {
  protocol: 'websocket',
  idle: 60_000,
  life: 0,
  tokenProtocol: 'bearer',
  maxFrame: 1024,
  limit: null,
  perConsumer: 100,
}

let backend: Backend
let gateway: LocalGateway

before(async () => {
  backend = await Backend.start()
  const operations = [
    { method: 'GET', template: '/chat', upgrade },
    { method: 'GET', template: '/plain' },
    { method: 'GET', template: '/smuggled' },
  ] as const
  gateway = await LocalGateway.start(planOf([backend.url], { operations }))
})
after(async () => {
  await gateway.stop()
  await backend.stop()
})

function without(name: string): readonly string[] {
  return webSocketFields.filter((line) => !line.startsWith(`${name}:`))
}

const refused: readonly (readonly [string, status: number, string])[] = [
  ['an ordinary request', 426, upgradeText('/chat', [], [])],
  ['no Upgrade', 426, upgradeText('/chat', [], without('Upgrade'))],
  ['no Connection', 426, upgradeText('/chat', [], without('Connection'))],
  ['Upgrade that Connection does not name', 426, upgradeText('/chat', ['Connection: keep-alive'], without('Connection'))],
  ['another protocol', 426, upgradeText('/chat', ['Upgrade: h2c'], without('Upgrade'))],
  ['Upgrade with an underscore for nothing', 426, upgradeText('/chat', ['Up_grade: websocket'], without('Upgrade'))],
  ['no version', 426, upgradeText('/chat', [], without('Sec-WebSocket-Version'))],
  ['an old version', 426, upgradeText('/chat', ['Sec-WebSocket-Version: 8'], without('Sec-WebSocket-Version'))],
  ['two versions', 426, upgradeText('/chat', ['Sec-WebSocket-Version: 13'])],
  ['HTTP/1.0', 426, upgradeText('/chat').replace('HTTP/1.1', 'HTTP/1.0')],
  ['no key', 400, upgradeText('/chat', [], without('Sec-WebSocket-Key'))],
  ['two keys', 400, upgradeText('/chat', [`Sec-WebSocket-Key: ${key}`])],
  ['a key of 15 bytes', 400, upgradeText('/chat', ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA'], without('Sec-WebSocket-Key'))],
  ['a key with bits too many', 400, upgradeText('/chat', ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR=='], without('Sec-WebSocket-Key'))],
  ['a key under an alias', 400, upgradeText('/chat', [`Sec_WebSocket_Key: ${key}`], without('Sec-WebSocket-Key'))],
  ['a body', 400, upgradeText('/chat', ['Content-Length: 5'])],
  ['a chunked body', 400, upgradeText('/chat', ['Transfer-Encoding: chunked'])],
  ['subprotocols that are no tokens', 400, upgradeText('/chat', ['Sec-WebSocket-Protocol: a b'])],
  ['a subprotocol twice', 400, upgradeText('/chat', ['Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b, a'])],
  ['a token that is announced and missing', 400, upgradeText('/chat', ['Sec-WebSocket-Protocol: bearer'])],
]

for (const [name, status, text] of refused) {
  test(`${name}: ${status}, and the backend sees nothing`, async () => {
    const seen = backend.bytes
    const client = await Client.connect(gateway.port)
    const answer = await client.request(text)
    assert.equal(answer.status, status)
    assertProblem(answer)
    if (status === 426) {
      assert.deepEqual([answer.message.field('Upgrade'), answer.message.field('Sec-WebSocket-Version')], ['websocket', '13'])
      assert.ok(answer.message.values('Connection').includes('Upgrade'))
    }
    await client.destroy()
    assert.equal(backend.bytes, seen)
  })
}

test('an operation without an upgrade serves the request as an ordinary one, and the backend sees nothing of the wish', async () => {
  const next = backend.once((request) => request.respond('plain'))
  const client = await Client.connect(gateway.port)
  const answer = await client.request(upgradeText('/plain'))
  assert.equal(answer.message.text, 'plain')
  const request = await next
  assert.deepEqual(
    ['Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'].map((name) => request.field(name)),
    [undefined, undefined, undefined, undefined],
  )
  await client.destroy()
})

test('a 101 that nobody asked for is a bad answer', async () => {
  backend.once((request) => request.write(switching(request)))
  const client = await Client.connect(gateway.port)
  assert.equal((await client.request(upgradeText('/plain'))).status, 502)
  await client.destroy()
})

const badAnswers: readonly (readonly [string, (head: string) => string])[] = [
  ['no Upgrade', (head) => head.replace('Upgrade: websocket\r\n', '')],
  ['another protocol', (head) => head.replace('Upgrade: websocket', 'Upgrade: chat')],
  ['two protocols', (head) => head.replace('Upgrade: websocket', 'Upgrade: websocket, chat')],
  ['no Connection', (head) => head.replace('Connection: Upgrade\r\n', '')],
  ['another Connection', (head) => head.replace('Connection: Upgrade', 'Connection: close')],
  ['no key', (head) => head.replace(/Sec-WebSocket-Accept: .*\r\n/, '')],
  ['another key', (head) => head.replace(/(Sec-WebSocket-Accept: )./, '$1!')],
  ['the key twice', (head) => head.replace(/(Sec-WebSocket-Accept: .*\r\n)/, '$1$1')],
  ['a subprotocol that was not offered', (head) => head.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: chat\r\n\r\n')],
  ['two subprotocols', (head) => head.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: a, b\r\n\r\n')],
  ['an extension that was not offered', (head) => head.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: x-other\r\n\r\n')],
  ['a length', (head) => head.replace('\r\n\r\n', '\r\nContent-Length: 0\r\n\r\n')],
  ['chunks', (head) => head.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ['HTTP/1.0', (head) => head.replace('HTTP/1.1', 'HTTP/1.0')],
]

for (const [name, change] of badAnswers) {
  test(`a 101 with ${name} is a bad answer, and its connection is closed`, async () => {
    const switched = nextSwitch(backend, (request: BackendRequest) => change(switching(request)))
    const client = await Client.connect(gateway.port)
    const text = upgradeText('/chat', ['Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Extensions: permessage-deflate'])
    const answer = await client.request(text)
    assert.equal(answer.status, 502)
    const { connection } = await switched
    await connection.end()
    await connection.destroy()
    assert.equal(await client.closed, 'clean')
  })
}

test('what follows a refused request is neither a tunnel nor a request', async () => {
  for (const behind of [smuggled, frame({ payload: 'early' })]) {
    const count = backend.requests.length
    const bytes = backend.bytes
    const client = await RawConnection.connect(gateway.port)
    client.send(Buffer.concat([Buffer.from(upgradeText('/chat', ['Sec-WebSocket-Protocol: bearer'])), Buffer.from(behind)]))
    await client.end()
    assert.match(client.received.toString('latin1'), /^HTTP\/1\.1 400 .*\r\n/)
    assert.equal(client.received.toString('latin1').split('HTTP/1.1 ').length, 2)
    await client.destroy()
    assert.deepEqual([backend.requests.length, backend.bytes], [count, bytes])
  }
})

test('what follows a request that the backend refuses does not reach it', async () => {
  for (const behind of [smuggled, frame({ payload: 'early' })]) {
    const next = backend.once((request) => request.respond('not today', [], '403 Forbidden'))
    const client = await RawConnection.connect(gateway.port)
    client.send(Buffer.concat([Buffer.from(upgradeText('/chat')), Buffer.from(behind)]))
    const count = backend.requests.length + 1
    await next
    const { bytes } = backend
    await client.end()
    assert.match(client.received.toString('latin1'), /^HTTP\/1\.1 403 [\s\S]*Connection: close\r\n[\s\S]*not today$/)
    await client.destroy()
    assert.deepEqual([backend.requests.length, backend.bytes], [count, bytes])
  }
})

test('what comes right behind either head is passed on in its order', async () => {
  const early = frame({ payload: 'client first' })
  const reply = frame({ masked: false, payload: 'backend first' })
  const opened = nextSwitch(backend, (request) => `${switching(request)}${reply.toString('latin1')}`)
  const client = await RawConnection.connect(gateway.port)
  client.send(Buffer.concat([Buffer.from(upgradeText('/chat')), early]))
  const { connection } = await opened
  client.send(frame({ payload: 'client second' }))
  connection.send(frame({ masked: false, payload: 'backend second' }))
  const sent = Buffer.concat([early, frame({ payload: 'client second' })])
  assert.deepEqual(await connection.until((all) => all.length === sent.length), sent)
  await client.head()
  const answered = Buffer.concat([reply, frame({ masked: false, payload: 'backend second' })])
  assert.deepEqual(await client.until((all) => all.length === answered.length), answered)
  await client.destroy()
  await connection.end()
  await connection.destroy()
})

test('requests and answers that come byte by byte open the same tunnel', async () => {
  const opened = nextSwitch(backend, () => '')
  const client = await RawConnection.connect(gateway.port)
  for (const byte of Buffer.from(upgradeText('/chat'))) {
    client.send(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  const { connection, request } = await opened
  for (const byte of Buffer.concat([Buffer.from(switching(request)), frame({ masked: false, payload: 'whole' })])) {
    connection.send(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  await client.head()
  await client.until((all) => all.equals(frame({ masked: false, payload: 'whole' })))
  await client.destroy()
  await connection.end()
  await connection.destroy()
})

test('frames that no client may send end the tunnel, and nothing of them reaches the backend', async () => {
  const wrong = [
    frame({ masked: false, payload: 'bare' }),
    frame({ opcode: 3 }),
    frame({ opcode: 9, final: false }),
    frame({ opcode: 0, payload: 'of nothing' }),
    frame({ reserved: 4 }),
    frame({ length: 1n << 63n }),
    frame({ payload: 'x'.repeat(2000) }),
    Buffer.from(smuggled),
  ]
  for (const bytes of wrong) {
    const tunnel = await openTunnel(gateway.port, backend, upgradeText('/chat'))
    tunnel.client.send(bytes)
    await tunnel.backend.end()
    assert.equal(tunnel.backend.received[0], 0x88, 'nothing but a Close')
    tunnel.client.send(closing(1002, true))
    await tunnel.client.end()
    await tunnel.client.destroy()
    await tunnel.backend.destroy()
  }
})
