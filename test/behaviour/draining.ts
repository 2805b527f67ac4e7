import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import type { Start } from './running-gateway.ts'
import { World } from './world.ts'

/** Each of these ends its gateway. */
export function draining(start: Start): void {
  const get = requestText('GET', '/open/v1/echo')

  async function drained(environment: Readonly<Record<string, string>>, act: (world: World) => Promise<void>): Promise<void> {
    const world = await World.make(start, [], { POSTERN_DRAIN_SECONDS: '20', ...environment })
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }

  function draining(world: World): Promise<unknown> {
    return world.gateway.log.find(({ event }) => event === 'draining')
  }

  describe('a gateway that is told to end', { concurrency: true }, () => {
    it('finishes what is in flight, and says that it closes', () =>
      drained({}, async (world) => {
        const client = await world.connect()
        const next = world.open.once(() => {})
        const answer = client.request(get)
        const request = await next
        const stopped = world.gateway.stop()
        await draining(world)
        request.respond('in time')
        const { status, message } = await answer
        assert.deepEqual([status, message.text, message.field('Connection')], [200, 'in time', 'close'])
        assert.equal(await client.closed, 'clean')
        assert.equal(await stopped, 0)
      }))

    it('finishes a body that is on its way', () =>
      drained({}, async (world) => {
        const client = await world.connect()
        const next = world.open.next()
        const answer = client.answer('POST')
        client.send(requestText('POST', '/open/v1/echo', ['Content-Length: 8']))
        await next
        client.send('half')
        const stopped = world.gateway.stop()
        await draining(world)
        client.send('half')
        assert.equal((await answer).status, 200)
        assert.equal(await stopped, 0)
      }))

    it('closes connections on which nothing is asked', () =>
      drained({}, async (world) => {
        const silent = await world.connect()
        const idle = await world.connect()
        assert.equal((await idle.request(get)).status, 200)
        const stopped = world.gateway.stop()
        assert.equal(await idle.closed, 'clean')
        assert.equal(await silent.closed, 'clean')
        assert.equal(await stopped, 0)
      }))

    it('does not wait for the rest of a body that nobody wants', () =>
      drained({}, async (world) => {
        const client = await world.connect()
        const { status } = await client.request(requestText('POST', '/nowhere', ['Content-Length: 10']))
        assert.equal(status, 404)
        const stopped = world.gateway.stop()
        await draining(world)
        client.send('0123456789')
        assert.equal(await client.closed, 'clean')
        assert.equal(await stopped, 0)
      }))

    it('is not ready at once, still serves for as long as it is told to, and then takes no more connections', () =>
      drained({ POSTERN_DRAIN_DELAY_SECONDS: '1' }, async (world) => {
        assert.equal((await world.admin('/ready')).status, 200)
        const stopped = world.gateway.stop()
        // In a process of its own, the signal has to arrive.
        let ready = await world.admin('/ready')
        while (ready.status === 200) ready = await world.admin('/ready')
        assert.equal(ready.status, 503)
        assert.match(ready.text, /stopping/)
        const { status, message } = await world.ask('GET', '/open/v1/echo')
        assert.deepEqual([status, message.field('Connection')], [200, undefined])
        assert.equal(await stopped, 0)
        await assert.rejects(Client.connect(world.gateway.port), { code: 'ECONNREFUSED' })
      }))

    it('cuts what takes too long, and says how many those were', () =>
      drained({ POSTERN_DRAIN_SECONDS: '1' }, async (world) => {
        const clients = await Promise.all([world.connect(), world.connect()])
        const next = [world.open.once(() => {}), world.open.once(() => {})]
        const answers = clients.map((client) => client.request(get))
        const failed = Promise.all(answers.map((answer) => assert.rejects(answer)))
        const requests = await Promise.all(next)
        assert.equal(await world.gateway.stop(), 2)
        await failed
        for (const { closed } of requests) await closed
        assert.equal((await world.gateway.log.find(({ event }) => event === 'stopped')).cut, 2)
      }))
  })
}
