/** Tunnels have bounds of their own, and whatever ends one gives its place back. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { afterEach, test } from 'node:test'
import type { UpgradePlan } from '../../../../src/contract/plan/upgrade.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { Backend } from '../../../wire/backend.ts'
import { ask } from '../../../wire/client.ts'
import { closing } from '../../../wire/frames.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { nothingLeft } from '../../../wire/nothing-left.ts'
import { limits, planOf } from '../../../wire/plan.ts'
import { RawConnection } from '../../../wire/raw-connection.ts'
import { requestText } from '../../../wire/request-text.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { nextSwitch, type OpenTunnel, openTunnel, upgradeText } from '../../../wire/upgrade.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const upgrade: UpgradePlan = {
  protocol: 'websocket',
  idle: 60_000,
  life: 0,
  tokenProtocol: null,
  maxFrame: 1024,
  limit: null,
  perConsumer: 0,
}

type World = { readonly clock: TestClock; readonly backend: Backend; readonly gateway: LocalGateway }

async function start(changes: Partial<GatewayPlan['limits']>, perConsumer = 0): Promise<World> {
  const clock = new TestClock()
  const backend = await Backend.start()
  cleanUps.push(() => backend.stop())
  const operations = [
    { method: 'GET', template: '/chat', upgrade: { ...upgrade, perConsumer }, answerTimeout: 10_000 },
    { method: 'GET', template: '/vehicles' },
  ] as const
  const plan = planOf([backend.url], { limits: { ...limits, ...changes }, operations })
  const gateway = await LocalGateway.start(plan, { clock })
  cleanUps.push(() => gateway.stop())
  return { clock, backend, gateway }
}

async function open({ gateway, backend }: World): Promise<OpenTunnel> {
  const tunnel = await openTunnel(gateway.port, backend, upgradeText('/chat'))
  assert.match(tunnel.head, /^HTTP\/1\.1 101 /)
  cleanUps.push(() => tunnel.client.destroy())
  return tunnel
}

/** A request to switch that is not answered with 101. */
async function refused({ gateway }: World): Promise<{ readonly status: number; readonly text: string; readonly reason: unknown }> {
  const { status, message } = await ask(gateway.port, upgradeText('/chat'))
  assert.equal(message.field('Retry-After'), undefined)
  return { status, text: message.text, reason: gateway.accessLines.at(-1)?.reason }
}

test('tunnels leave the backend’s other operations their connections', async () => {
  const world = await start({ maxUpstreamConnections: 2, maxUpstreamWaiting: 0 })
  for (let opened = 0; opened < 5; opened++) await open(world)
  assert.equal((await ask(world.gateway.port, requestText('GET', '/vehicles'))).status, 200)
})

test('a request that waits for a connection gets the place of one that became a tunnel', async () => {
  const world = await start({ maxUpstreamConnections: 1 })
  let vehicles: Promise<{ readonly status: number }> | null = null
  const tunnel = await openTunnel(world.gateway.port, world.backend, upgradeText('/chat'), (request) => {
    vehicles = ask(world.gateway.port, requestText('GET', '/vehicles'))
    const accept = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: '
    assert.ok(request.field('Sec-WebSocket-Key'))
    return `${accept}s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`
  })
  cleanUps.push(() => tunnel.client.destroy())
  assert.equal((await vehicles!).status, 200)
})

test('more tunnels to one backend than the bound are refused at once, and the backend hears nothing', async () => {
  const world = await start({ maxTunnels: 2 })
  const first = await open(world)
  await open(world)
  const { status, text, reason } = await refused(world)
  assert.deepEqual([status, reason], [503, 'tunnels-full'])
  assert.match(text, /"code":101503/)
  assert.deepEqual([world.backend.connections, world.backend.requests.length], [2, 2])
  const { message } = await ask(world.gateway.adminPort, requestText('GET', '/metrics'))
  assert.match(message.text, /^postern_tunnels_refused_total\{reason="tunnels-full"\} 1$/m)
  first.client.socket.resetAndDestroy()
  await first.backend.end()
  await open(world)
})

test('one consumer has so many and no more, and takes nothing from another one', async () => {
  const world = await start({}, 2)
  await open(world)
  await open(world)
  const { status, text, reason } = await refused(world)
  assert.deepEqual([status, reason], [429, 'consumer-tunnels'])
  assert.match(text, /"code":900802/)
  assert.equal(world.backend.requests.length, 2)
  const elsewhere = new RawConnection(connect({ host: '127.0.0.1', port: world.gateway.port, localAddress: '127.0.0.2' }))
  cleanUps.push(() => elsewhere.destroy())
  const switched = nextSwitch(world.backend)
  elsewhere.send(upgradeText('/chat'))
  await switched
  assert.match(await elsewhere.head(), /^HTTP\/1\.1 101 /)
})

type Ending = (world: World) => Promise<unknown>

const refusal = async (world: World): Promise<void> => {
  await world.gateway.log.find(({ event }) => event === 'access')
}

const endings: Readonly<Record<string, Ending>> = {
  'the client is gone': async (world) => {
    const { client, backend } = await open(world)
    client.socket.resetAndDestroy()
    await backend.end()
  },
  'the backend is gone': async (world) => {
    const { client, backend } = await open(world)
    backend.socket.resetAndDestroy()
    await client.end()
    client.socket.end()
    await client.closed
  },
  'both have closed in order': async (world) => {
    const { client, backend } = await open(world)
    client.send(closing(1000, true))
    await backend.until((all) => all.length > 0)
    backend.send(closing(1000, false))
    backend.socket.end()
    await client.end()
    client.socket.end()
    await client.closed
  },
  'it has rested too long': async (world) => {
    const { client } = await open(world)
    await world.clock.advance(60_001)
    await world.clock.advance(5_001)
    await client.end()
    client.socket.end()
    await client.closed
  },
  'the backend refuses': async (world) => {
    world.backend.once((request) => request.respond('no', [], '403 Forbidden'))
    assert.equal((await refused(world)).status, 403)
  },
  'the backend’s 101 is wrong': async (world) => {
    world.backend.once((request) => request.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'))
    assert.equal((await refused(world)).status, 502)
  },
  'the backend closes without an answer': async (world) => {
    world.backend.once((request) => request.socket.destroy())
    assert.equal((await refused(world)).status, 502)
  },
  'the backend does not answer': async (world) => {
    const asked = world.backend.once(() => {})
    const answer = refused(world)
    await asked
    await world.clock.advance(10_001)
    assert.equal((await answer).status, 504)
  },
  'the client goes before the backend answers': async (world) => {
    const asked = world.backend.once(() => {})
    const client = await RawConnection.connect(world.gateway.port)
    client.send(upgradeText('/chat'))
    await asked
    client.socket.resetAndDestroy()
    await (await asked).closed
    await refusal(world)
  },
}

for (const [when, end] of Object.entries(endings)) {
  test(`the place is free again when ${when}`, async () => {
    const world = await start({ maxTunnels: 1 }, 1)
    await end(world)
    await nothingLeft(world.gateway, world.backend)
    await open(world)
    assert.equal((await refused(world)).status, 429)
  })
}
