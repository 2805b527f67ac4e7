/** Clients and backends that do not keep up: time is the test's, and moves on only when the gateway has looked at all deadlines. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Backend, type BackendRequest } from '../../../wire/backend.ts'
import { Client } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { nothingLeft, untilHeld } from '../../../wire/nothing-left.ts'
import { limits, planOf, timeouts } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { stuck, until } from '../../../wire/until.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function start(
  changes: Parameters<typeof planOf>[1],
): Promise<{ clock: TestClock; backend: Backend; gateway: LocalGateway; client: Client }> {
  const clock = new TestClock()
  const backend = await Backend.start()
  cleanUps.push(() => backend.stop())
  const gateway = await LocalGateway.start(planOf([backend.url], changes), { clock })
  cleanUps.push(() => gateway.stop())
  const client = await Client.connect(gateway.port)
  cleanUps.push(() => client.destroy())
  return { clock, backend, gateway, client }
}

const operations = [
  { method: 'GET', template: '/pets' },
  { method: 'POST', template: '/pets', maxBody: 2 ** 40 },
] as const
const large = Buffer.alloc(12 * 1024 * 1024, 'x')
const piece = large.subarray(0, 1024 * 1024)

/** Far more than the buffers of any kernel take in. */
function endless(request: BackendRequest): void {
  request.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n')
  for (let written = 0; written < 256; written++) request.write(piece)
}

test('a slow reader gets the whole of a last answer, however long it takes, as long as it reads', async () => {
  const { clock, backend, client } = await start({ operations })
  backend.once((request) => request.respond(large))
  client.socket.pause()
  const answer = client.request(requestText('GET', '/pets', ['Connection: close']))
  await clock.advance(1_000)
  for (let round = 0; round < 4; round++) await clock.advance(5_000)
  client.socket.resume()
  const { status, message } = await answer
  assert.deepEqual([status, message.body.length], [200, large.length])
  assert.equal(await client.closed, 'clean')
})

test('a client that takes nothing of an answer is cut, and sees that it was', async () => {
  const { clock, backend, gateway, client } = await start({ operations })
  const arrived = backend.once(endless)
  client.socket.pause()
  const answer = assert.rejects(client.request(requestText('GET', '/pets')))
  const request = await arrived
  await stuck(request.socket)
  await clock.advanceUntil(timeouts.bodyIdle + 1, request.closed)
  client.socket.resume()
  await answer
  assert.equal(await client.closed, 'cut')
  assert.equal(gateway.accessLines.at(-1)?.reason, 'client-timeout')
})

test('an exchange in which both sides are held up does not last for ever', async () => {
  const { clock, backend, gateway, client } = await start({ operations })
  const arrived = backend.once((request) => {
    endless(request)
    request.socket.pause()
  })
  client.socket.pause()
  const answer = assert.rejects(client.request(requestText('POST', '/pets', [`Content-Length: ${2 ** 30}`])))
  for (let sent = 0; sent < 256; sent++) client.send(piece)
  const request = await arrived
  await stuck(request.socket)
  await stuck(client.socket)
  await clock.advanceUntil(timeouts.bodyIdle + 1, request.closed)
  client.socket.resume()
  await answer
  assert.equal(gateway.accessLines.length, 1)
})

test('waiting for a connection to the backend has an end', async () => {
  const { clock, backend, gateway, client } = await start({ operations, limits: { ...limits, maxUpstreamConnections: 1 } })
  const held = backend.once(() => {})
  const first = client.request(requestText('GET', '/pets'))
  const request = await held
  const other = await Client.connect(gateway.port)
  cleanUps.push(() => other.destroy())
  const second = other.request(requestText('GET', '/pets'))
  await untilHeld(gateway, backend, ({ inFlight }) => inFlight === 2)
  await clock.advance(timeouts.connect + 1_001)
  assert.equal((await second).status, 503)
  request.respond('late')
  assert.equal((await first).status, 200)
})

test('twenty thousand pipelined requests are read as they are served', async () => {
  const { client } = await start({ operations: [{ method: 'GET', template: '/pets' }] })
  const count = 20_000
  const answers = Array.from({ length: count }, () => client.answer())
  client.send(requestText('GET', '/pets').repeat(count))
  assert.equal((await answers.at(-1))!.status, 200)
})

test('a backend that does not answer in time is not asked again, although its connection was used before', async () => {
  const { clock, backend, client } = await start({ operations })
  assert.equal((await client.request(requestText('GET', '/pets'))).status, 200)
  backend.handler = () => {}
  const answer = client.request(requestText('GET', '/pets'))
  await backend.next()
  await clock.advance(60_001)
  assert.equal((await answer).status, 504)
  assert.equal(backend.requests.length, 2)
})

test('a head that comes byte by byte has its time from its first byte', async () => {
  const { clock, client } = await start({ operations })
  const answer = client.answer()
  for (const byte of 'GET /pets HTTP/1.1\r\nHost: a') {
    client.send(byte)
    await clock.advance(timeouts.head / 5)
    if (client.received > 0) break
  }
  assert.equal((await answer).status, 408)
  assert.equal(await client.closed, 'clean')
})

test('a body that comes byte by byte takes what time it likes, and ends when it pauses too long', async () => {
  const { clock, backend, client } = await start({ operations })
  const next = backend.next()
  const answer = client.answer('POST')
  client.send(requestText('POST', '/pets', ['Content-Length: 6']))
  const request = await next
  for (const sent of ['a', 'ab', 'abc']) {
    client.send(sent.slice(-1))
    await until(() => request.message.text === sent)
    await clock.advance(timeouts.bodyIdle - 1)
  }
  await clock.advance(timeouts.bodyIdle + 1)
  assert.equal((await answer).status, 408)
  await request.closed
  assert.deepEqual([request.message.text, request.message.complete], ['abc', false])
})

test('a backend has a time for its whole head, however it comes', async () => {
  const { clock, backend, client } = await start({ operations })
  const next = backend.once(() => {})
  const answer = client.request(requestText('GET', '/pets'))
  const request = await next
  for (const byte of 'HTTP/1.1 200 OK\r\nX: y') {
    request.write(byte)
    await clock.advance(60_000 / 4)
    if (client.received > 0) break
  }
  assert.equal((await answer).status, 504)
  await request.closed
})

test('interim answers give a backend no more time', async () => {
  const { clock, backend, client } = await start({ operations })
  const next = backend.once(() => {})
  const answer = client.request(requestText('GET', '/pets'))
  const request = await next
  for (let count = 0; count < 4; count++) {
    const before = client.received
    request.write('HTTP/1.1 103 Early Hints\r\n\r\n')
    await until(() => client.received > before)
    await clock.advance(60_000 / 4)
  }
  assert.equal((await answer).status, 504)
  await request.closed
})

test('an answer that comes bit by bit is passed on so, and is cut when it pauses too long', async () => {
  const { clock, backend, client } = await start({ operations })
  const next = backend.once((request) => {
    request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  })
  const answer = assert.rejects(client.request(requestText('GET', '/pets')))
  const request = await next
  for (const bit of ['2\r\na', 'b\r', '\n2\r\nc']) {
    const before = client.received
    request.write(bit)
    await until(() => client.received > before)
    await clock.advance(timeouts.bodyIdle - 1)
  }
  await clock.advance(timeouts.bodyIdle + 1)
  await answer
  assert.equal(await client.closed, 'cut')
  await request.closed
})

test('a backend that takes nothing of a large body has the time that it has to answer', async () => {
  const { clock, backend, client } = await start({ operations })
  const next = backend.once((request) => request.socket.pause())
  const answer = client.answer('POST')
  client.send(requestText('POST', '/pets', [`Content-Length: ${2 ** 30}`]))
  const request = await next
  for (let sent = 0; sent < 256; sent++) client.send(piece)
  await stuck(client.socket)
  await clock.advance(59_000)
  assert.equal(client.received, 0)
  await clock.advance(60_000)
  assert.equal((await answer).status, 504)
  request.socket.resume()
  await request.closed
})

test('connections that do nothing are closed, however many', async () => {
  const { clock, backend, gateway, client } = await start({ operations })
  const clients = await Promise.all(Array.from({ length: 200 }, () => Client.connect(gateway.port)))
  clients.forEach((idle, index) => void (index % 2 === 0 && idle.send('GET /pets HT')))
  await untilHeld(gateway, backend, (now) => now.clients === clients.length + 1)
  await clock.advance(timeouts.keepAlive + 1)
  for (const idle of clients) await idle.closed
  await client.closed
  await nothingLeft(gateway, backend)
  assert.equal(backend.connections, 0)
})
