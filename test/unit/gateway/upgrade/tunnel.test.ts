/** What ends a tunnel, and how both sides are told. Time is the test's. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { OperationPlan } from '../../../../src/contract/plan/operation.ts'
import type { UpgradePlan } from '../../../../src/contract/plan/upgrade.ts'
import { Backend } from '../../../wire/backend.ts'
import { closeReason, closing, frame, readFrames } from '../../../wire/frames.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { nothingLeft } from '../../../wire/nothing-left.ts'
import { planOf, timeouts } from '../../../wire/plan.ts'
import type { RawConnection } from '../../../wire/raw-connection.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { stuck, until } from '../../../wire/until.ts'
import { type OpenTunnel, openTunnel, upgradeText } from '../../../wire/upgrade.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const webSocket: UpgradePlan = {
  protocol: 'websocket',
  idle: 60_000,
  life: 0,
  tokenProtocol: null,
  maxFrame: 1024 * 1024,
  limit: null,
  perConsumer: 100,
}
const other: UpgradePlan = { ...webSocket, protocol: 'chat/1', maxFrame: 0 }

type World = { readonly clock: TestClock; readonly backend: Backend; readonly gateway: LocalGateway }

async function start(upgrade: UpgradePlan, changes: Partial<OperationPlan> = {}, environment: Record<string, string> = {}): Promise<World> {
  const clock = new TestClock()
  const backend = await Backend.start()
  cleanUps.push(() => backend.stop())
  const plan = planOf([backend.url], { operations: [{ method: 'GET', template: '/chat', upgrade, ...changes }] })
  const gateway = await LocalGateway.start(plan, { clock, environment })
  cleanUps.push(() => gateway.stop())
  return { clock, backend, gateway }
}

async function open({ gateway, backend }: World, text: string = upgradeText('/chat')): Promise<OpenTunnel> {
  const tunnel = await openTunnel(gateway.port, backend, text)
  cleanUps.push(() => tunnel.client.destroy())
  return tunnel
}

async function openOther({ gateway, backend }: World): Promise<OpenTunnel> {
  const text = upgradeText('/chat', [], ['Connection: Upgrade', 'Upgrade: chat/1'])
  const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat/1\r\n\r\n'
  const tunnel = await openTunnel(gateway.port, backend, text, () => head)
  cleanUps.push(() => tunnel.client.destroy())
  return tunnel
}

/** The last frame that came is a Close; with its code and text. */
async function closeOf(connection: RawConnection): Promise<readonly [number, string]> {
  const bytes = await connection.until((all) => readFrames(all).at(-1)?.opcode === 8)
  return closeReason(readFrames(bytes).at(-1)!)
}

async function ending({ gateway }: World): Promise<unknown> {
  const line = await gateway.log.find(({ event, status }) => event === 'access' && status === 101)
  return line.reason
}

test('frames go both ways as they are, and a Close of either side ends both in order', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  const sent = frame({ payload: 'question' })
  client.send(sent)
  assert.deepEqual(await backend.until((all) => all.length === sent.length), sent)
  const answer = frame({ masked: false, payload: 'answer' })
  backend.send(answer)
  assert.deepEqual(await client.until((all) => all.length === answer.length), answer)
  client.send(closing(1000, true))
  assert.deepEqual(await closeOf(backend), [1000, ''])
  backend.send(closing(1000, false))
  backend.socket.end()
  assert.deepEqual(await closeOf(client), [1000, ''])
  await client.end()
  client.socket.end()
  assert.equal(await client.closed, 'clean')
  assert.equal(await backend.closed, 'clean')
  await world.clock.advance(1)
  assert.equal(await ending(world), 'closed')
  await nothingLeft(world.gateway, world.backend)
})

test('a tunnel that rests too long is closed, and one that does not is left alone', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  await world.clock.advance(59_000)
  const ping = frame({ opcode: 9 })
  client.send(ping)
  await backend.until((all) => all.length === ping.length)
  await world.clock.advance(59_000)
  assert.equal(client.received.length, 0)
  await world.clock.advance(2_000)
  assert.deepEqual(await closeOf(client), [1001, 'idle'])
  assert.deepEqual(await closeOf(backend), [1001, 'idle'])
  client.send(closing(1001, true))
  await client.end()
  client.socket.end()
  backend.socket.end()
  assert.equal(await client.closed, 'clean')
  await world.clock.advance(1)
  assert.equal(await ending(world), 'idle')
})

test('a client that does not answer a Close is cut', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  await world.clock.advance(60_001)
  await closeOf(client)
  await world.clock.advance(5_001)
  await client.end()
  await client.destroy()
  await backend.end()
  await backend.destroy()
  await nothingLeft(world.gateway, world.backend)
})

test('a client that does not answer the Close of a gateway that stops is cut when the drain time is over', async () => {
  const world = await start(webSocket, {}, { POSTERN_DRAIN_SECONDS: '1' })
  const { client, backend } = await open(world)
  const cut = world.gateway.stop()
  assert.deepEqual(await closeOf(client), [1001, 'draining'])
  assert.deepEqual(await closeOf(backend), [1001, 'draining'])
  assert.equal(await cut, 1)
  await client.end()
  await backend.end()
  await client.destroy()
  assert.equal(world.gateway.accessLines.at(-1)?.reason, 'draining')
})

test('a side that has got a Close of the other one gets no second one', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  backend.send(closing(4000, false))
  assert.deepEqual(await closeOf(client), [4000, ''])
  await world.clock.advance(60_001)
  await client.end()
  assert.deepEqual(client.received, closing(4000, false))
})

test('a life has an end, however busy it is', async () => {
  const world = await start({ ...webSocket, life: 100_000 })
  const { client, backend } = await open(world)
  for (let sent = 1; sent <= 2; sent++) {
    await world.clock.advance(45_000)
    client.send(frame())
    await backend.until((all) => readFrames(all).length === sent)
  }
  await world.clock.advance(15_000)
  assert.deepEqual(await closeOf(client), [1001, 'life'])
})

test('a client that sends too many frames is closed, and what was too much is not passed on', async () => {
  const world = await start({ ...webSocket, limit: { frames: 3, bytes: 0, per: 1000 } })
  const { client, backend } = await open(world)
  client.send(Buffer.concat([frame(), frame(), frame()]))
  await backend.until((all) => readFrames(all).length === 3)
  client.send(frame({ payload: 'too much' }))
  assert.deepEqual(await closeOf(client), [1008, 'limit'])
  const received = await backend.until((all) => readFrames(all).length > 3)
  assert.deepEqual(
    readFrames(received).map(({ opcode }) => opcode),
    [1, 1, 1, 8],
  )
  client.send(closing(1008, true))
  client.socket.end()
  await client.closed
  await world.clock.advance(1)
  assert.equal(await ending(world), 'limit')
})

test('a client that sends too many bytes is closed', async () => {
  const world = await start({ ...webSocket, limit: { frames: 0, bytes: 1024, per: 1000 } })
  const { client } = await open(world)
  client.send(frame({ payload: 'x'.repeat(1024) }))
  assert.deepEqual(await closeOf(client), [1008, 'limit'])
})

test('a malformed frame is refused towards both, and one that is too large', async () => {
  const world = await start({ ...webSocket, maxFrame: 1000 })
  const malformed = await open(world)
  malformed.client.send(Buffer.concat([frame({ payload: 'good' }), frame({ masked: false })]))
  assert.deepEqual(await closeOf(malformed.client), [1002, 'malformed frame'])
  assert.deepEqual(await closeOf(malformed.backend), [1002, 'malformed frame'])
  assert.equal(readFrames(malformed.backend.received)[0]?.payload.toString(), 'good')
  const large = await open(world)
  large.client.send(frame({ payload: 'x'.repeat(1001) }))
  assert.deepEqual(await closeOf(large.client), [1009, 'frame too large'])
})

test('a backend that sends a masked frame is refused', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  backend.send(frame({ masked: true }))
  assert.deepEqual(await closeOf(client), [1002, 'malformed frame'])
})

test('no Close is written into a frame that is under way: the connection ends without one', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  const half = frame({ masked: false, payload: 'x'.repeat(100) }).subarray(0, 50)
  backend.send(half)
  await client.until((all) => all.length === half.length)
  await world.clock.advance(60_001)
  await client.end()
  assert.deepEqual(client.received, half)
})

test('a client that goes away takes the backend with it, and the other way round', async () => {
  const world = await start(webSocket)
  const first = await open(world)
  first.client.socket.resetAndDestroy()
  await first.backend.end()
  await first.backend.destroy()
  await world.clock.advance(1)
  assert.equal(await ending(world), 'client-gone')
  world.gateway.forgetLog()
  const second = await open(world)
  second.backend.socket.resetAndDestroy()
  await second.client.end()
  second.client.socket.end()
  await second.client.closed
  await world.clock.advance(1)
  assert.equal(await ending(world), 'backend-gone')
  await nothingLeft(world.gateway, world.backend)
})

test('a client that takes nothing is cut, and the backend waited for it', async () => {
  const world = await start({ ...webSocket, idle: 0 })
  const { client, backend } = await open(world)
  client.socket.pause()
  // Far more than the buffers of any kernel take in.
  const large = frame({ masked: false, payload: Buffer.alloc(1024 * 1024) })
  for (let frames = 0; frames < 256; frames++) backend.send(large)
  await stuck(backend.socket)
  await world.clock.advanceUntil(timeouts.bodyIdle + 1, backend.closed)
  client.socket.resume()
  await client.end()
  await client.destroy()
  const { reason, bytesOut } = await world.gateway.log.find(({ event, status }) => event === 'access' && status === 101)
  assert.equal(reason, 'client-stalled')
  assert.ok(Number(bytesOut) < 128 * 1024 * 1024, `${bytesOut} bytes were taken of the backend`)
  await nothingLeft(world.gateway, world.backend)
})

test('a backend that reads slowly makes the client wait, and nothing is lost', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  backend.socket.pause()
  const large = frame({ payload: Buffer.alloc(1024 * 1024, 7) })
  const count = 64
  for (let sent = 0; sent < count; sent++) client.send(large)
  await stuck(client.socket)
  backend.socket.resume()
  await until(() => backend.length === count * large.length)
  assert.ok(backend.received.equals(Buffer.concat(Array.from({ length: count }, () => large))))
})

test('another protocol is passed on as bytes, and one side may end before the other', async () => {
  const world = await start(other)
  const { client, backend, request, head } = await openOther(world)
  assert.match(head, /^HTTP\/1\.1 101 /)
  assert.deepEqual([request.field('Upgrade'), request.field('Connection')], ['chat/1', 'Upgrade'])
  client.send('\0\xff not a frame')
  client.socket.end()
  assert.equal((await backend.until((all) => all.length === 14)).toString('latin1'), '\0\xff not a frame')
  await backend.end()
  backend.send('last words')
  backend.socket.end()
  assert.equal((await client.until((all) => all.length === 10)).toString(), 'last words')
  assert.equal(await client.closed, 'clean')
  await world.clock.advance(1)
  assert.equal(await ending(world), 'closed')
  await nothingLeft(world.gateway, world.backend)
})

test('the limits of another protocol are those of its bytes', async () => {
  const world = await start({ ...other, limit: { frames: 0, bytes: 1024, per: 1000 } })
  const { client, backend } = await openOther(world)
  client.send('x'.repeat(1024))
  await backend.until((all) => all.length === 1024)
  client.send('x')
  await client.end()
  assert.equal(client.received.length, 0)
  assert.equal(backend.received.length, 1024)
})

test('metrics tell what is open, what went through and why it ended', async () => {
  const world = await start(webSocket)
  const { client, backend } = await open(world)
  client.send(frame({ payload: 'abc' }))
  await backend.until((all) => all.length === 9)
  const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text()
  assert.match(await page(), /^postern_tunnels_open 1$/m)
  client.socket.destroy()
  await backend.end()
  await backend.destroy()
  const text = await page()
  assert.match(text, /^postern_tunnels_open 0$/m)
  assert.match(text, /^postern_tunnel_frames_total\{direction="in"\} 1$/m)
  assert.match(text, /^postern_tunnel_bytes_total\{direction="in"\} 9$/m)
  assert.match(text, /^postern_tunnels_closed_total\{reason="client-gone"\} 1$/m)
})
