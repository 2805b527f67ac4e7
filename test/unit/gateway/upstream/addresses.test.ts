/** Names of backends: several addresses, and addresses that change. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import { parseBackendOrigin } from '../../../../src/gateway/upstream/backend-origin.ts'
import { type Lookup, plainDial } from '../../../../src/gateway/upstream/dial.ts'
import { Upstream } from '../../../../src/gateway/upstream/upstream.ts'
import { limits } from './http2-peer.ts'
import { RecordedExchange } from './recorded-exchange.ts'

/** Answers with its name. */
async function serve(t: TestContext, name: string, host: string, port = 0): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`))
  })
  server.listen(port, host)
  await once(server, 'listening')
  t.after(() => server.close())
  return server
}

function resolving(addresses: () => readonly string[], asked: string[] = []): NonNullable<Lookup> {
  return (host, _options, callback) => {
    asked.push(host)
    const found = addresses().map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    process.nextTick(callback, null, found)
  }
}

test('an address that does not answer does not hide one that does', async (t) => {
  const server = await serve(t, 'v4', '127.0.0.1')
  const { port } = server.address() as AddressInfo
  const origin = parseBackendOrigin(`http://backend.test:${port}`)!
  // Nobody listens there: the port is that of the other family.
  const dial = plainDial(resolving(() => ['::1', '127.0.0.1']))
  const upstream = new Upstream(0, origin, dial, limits, new CoarseClock(0))
  t.after(() => upstream.close())
  const exchange = RecordedExchange.on(upstream)
  await exchange.done
  assert.equal(exchange.body, 'v4')
})

test('under steady load a changed address is followed within the life of a connection, and nothing fails', async (t) => {
  const first = await serve(t, 'first', '127.0.0.1')
  const { port } = first.address() as AddressInfo
  await serve(t, 'second', '127.0.0.2', port)
  let address = '127.0.0.1'
  const asked: string[] = []
  const dial = plainDial(resolving(() => [address], asked))
  const clock = new CoarseClock(0)
  const origin = parseBackendOrigin(`http://backend.test:${port}`)!
  const upstream = new Upstream(0, origin, dial, { ...limits, upstreamIdle: 60_000, upstreamLife: 10_000 }, clock)
  t.after(() => upstream.close())
  const answers: string[] = []
  for (; clock.now <= 12_000; clock.now += 1000) {
    if (clock.now === 3000) address = '127.0.0.2'
    upstream.sweep(clock.now)
    const exchange = RecordedExchange.on(upstream)
    await exchange.done
    answers.push(exchange.body)
  }
  assert.deepEqual(answers, [...Array.from({ length: 10 }, () => 'first'), 'second', 'second', 'second'])
  assert.deepEqual(asked, ['backend.test', 'backend.test'])
})
