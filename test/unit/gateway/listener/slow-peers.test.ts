/** Clients and backends that do not keep up: time is the test's, and moves on only when the gateway has looked at all deadlines. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Clock } from '../../../../src/gateway/clock.ts'
import { Backend } from '../../../wire/backend.ts'
import { Client } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { limits, planOf, timeouts } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

class TestClock implements Clock {
  #elapsed: number = 0
  #waiting: (() => void)[] = []
  readonly now = (): number => Date.now()
  readonly monotonic = (): number => {
    for (const resolve of this.#waiting.splice(0)) resolve()
    return this.#elapsed
  }

  /** Resolves when the gateway has asked for the time twice since: a whole sweep lies in between. */
  async advance(milliseconds: number): Promise<void> {
    this.#elapsed += milliseconds
    for (let asked = 0; asked < 2; asked++) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

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
  backend.once((request) => request.respond(large))
  client.socket.pause()
  const answer = assert.rejects(client.request(requestText('GET', '/pets')))
  await clock.advance(1_000)
  await clock.advance(timeouts.bodyIdle + 1)
  client.socket.resume()
  await answer
  assert.equal(await client.closed, 'cut')
  assert.equal(gateway.accessLines.at(-1)?.reason, 'client-timeout')
})

test('an exchange in which both sides are held up does not last for ever', async () => {
  const { clock, backend, gateway, client } = await start({ operations })
  const arrived = backend.once((request) => {
    request.write(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`)
    request.write(large)
    request.socket.pause()
  })
  client.socket.pause()
  const answer = assert.rejects(client.request(requestText('POST', '/pets', [`Content-Length: ${2 ** 30}`])))
  for (let sent = 0; sent < 24; sent++) client.send(large.subarray(0, 1024 * 1024))
  const request = await arrived
  await clock.advance(1_000)
  await clock.advance(1_000)
  await clock.advance(timeouts.bodyIdle + 1)
  await clock.advance(timeouts.bodyIdle + 1)
  await request.closed
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
  await clock.advance(1)
  await clock.advance(timeouts.connect + 1_001)
  assert.equal((await second).status, 503)
  request.respond('late')
  assert.equal((await first).status, 200)
})

test('forty thousand pipelined requests are read as they are served', { timeout: 60_000 }, async () => {
  const { client } = await start({ operations: [{ method: 'GET', template: '/pets' }] })
  const count = 40_000
  const answers = Array.from({ length: count }, () => client.answer())
  client.send(requestText('GET', '/pets').repeat(count))
  assert.equal((await answers.at(-1))!.status, 200)
})
