import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { RefusalKind } from '../../../../src/contract/refusals.ts'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import type { BackendChannel } from '../../../../src/gateway/upstream/backend.ts'
import { BackendConnection } from '../../../../src/gateway/upstream/backend-connection.ts'
import { parseBackendOrigin } from '../../../../src/gateway/upstream/backend-origin.ts'
import { Upstream } from '../../../../src/gateway/upstream/upstream.ts'
import type { UpstreamLimits } from '../../../../src/gateway/upstream/upstream-limits.ts'

const limits: UpstreamLimits = { maxConnections: 2, maxWaiting: 1, connect: 100, upstreamIdle: 1000, upstreamLife: 5000 }

class Waiter {
  connection: BackendConnection | null = null
  failure: readonly [RefusalKind, string] | null = null

  channelReady(channel: BackendChannel): void {
    assert.ok(channel instanceof BackendConnection)
    this.connection = channel
  }

  channelFailed(kind: RefusalKind, reason: string): void {
    this.failure = [kind, reason]
  }
}

/** A pool whose connections are made by the test: `dialed` are the sockets that it has asked for. */
function pool(changes: Partial<UpstreamLimits> = {}): { upstream: Upstream; dialed: Socket[]; clock: CoarseClock } {
  const dialed: Socket[] = []
  const clock = new CoarseClock(0)
  const open = (): Socket => {
    const socket = new Socket()
    dialed.push(socket)
    return socket
  }
  const origin = parseBackendOrigin('http://127.0.0.1')!
  return { upstream: new Upstream(0, origin, { readyEvent: 'connect', open }, { ...limits, ...changes }, clock), dialed, clock }
}

/** Two connections that are idle; the second was released last. */
function idlePair({ upstream, dialed }: ReturnType<typeof pool>): readonly [BackendConnection, BackendConnection] {
  const waiters = [new Waiter(), new Waiter()]
  for (const waiter of waiters) assert.equal(upstream.acquire(waiter), 'waiting')
  for (const socket of dialed) socket.emit('connect')
  const [first, second] = waiters.map(({ connection }) => connection!)
  upstream.released(first!)
  upstream.released(second!)
  return [first!, second!]
}

describe('the pool of connections to a backend', () => {
  it('dials for whoever asks first, and hands the connection over when it stands', () => {
    const { upstream, dialed } = pool()
    const waiter = new Waiter()
    assert.equal(upstream.acquire(waiter), 'waiting')
    assert.equal(dialed.length, 1)
    assert.equal(waiter.connection, null)
    dialed[0]!.emit('connect')
    assert.ok(waiter.connection !== null)
  })

  it('gives out the connection that came back last', () => {
    const made = pool()
    const [first, second] = idlePair(made)
    assert.equal(made.upstream.acquire(new Waiter()), second)
    assert.equal(made.upstream.acquire(new Waiter()), first)
    assert.equal(made.dialed.length, 2)
  })

  it('does not give out what has been closed meanwhile', async () => {
    const made = pool()
    const [first] = idlePair(made)
    made.dialed[1]!.destroy()
    await once(made.dialed[1]!, 'close')
    assert.equal(made.upstream.acquire(new Waiter()), first)
  })

  it('hands a connection that comes back to whoever waits', () => {
    const { upstream, dialed } = pool({ maxConnections: 1 })
    const [first, second] = [new Waiter(), new Waiter()]
    upstream.acquire(first)
    dialed[0]!.emit('connect')
    assert.equal(upstream.acquire(second), 'waiting')
    upstream.released(first.connection!)
    assert.equal(second.connection, first.connection)
    assert.equal(dialed.length, 1)
  })

  it('is bounded, and so is the line behind it', () => {
    const { upstream, dialed } = pool()
    const asked = Array.from({ length: 4 }, () => upstream.acquire(new Waiter()))
    assert.deepEqual(asked, ['waiting', 'waiting', 'waiting', 'full'])
    assert.equal(dialed.length, 2)
  })

  it('forgets whoever no longer waits', () => {
    const { upstream, dialed } = pool()
    const gone = new Waiter()
    upstream.acquire(gone)
    upstream.cancel(gone)
    dialed[0]!.emit('connect')
    assert.deepEqual([gone.connection, gone.failure], [null, null])
  })

  it('tells one of those who wait that a connection has failed', async () => {
    const { upstream, dialed } = pool()
    const [first, second] = [new Waiter(), new Waiter()]
    upstream.acquire(first)
    upstream.acquire(second)
    dialed[0]!.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
    await once(dialed[0]!, 'close').catch(() => {})
    await new Promise(setImmediate)
    assert.deepEqual(first.failure, ['connect-failed', 'ECONNREFUSED'])
    assert.equal(second.failure, null)
  })

  it('tells a name that has no address from a backend that is away', async () => {
    for (const code of ['ENOTFOUND', 'EAI_AGAIN']) {
      const { upstream, dialed } = pool()
      const waiter = new Waiter()
      upstream.acquire(waiter)
      dialed[0]!.destroy(Object.assign(new Error(code), { code }))
      await new Promise(setImmediate)
      assert.deepEqual(waiter.failure, ['address-unknown', code])
    }
  })

  it('gives up dialing after a while', async () => {
    const { upstream, dialed, clock } = pool()
    const waiter = new Waiter()
    upstream.acquire(waiter)
    clock.now = 99
    upstream.sweep(clock.now)
    assert.equal(dialed[0]!.destroyed, false)
    clock.now = 100
    upstream.sweep(clock.now)
    await new Promise(setImmediate)
    assert.equal(dialed[0]!.destroyed, true)
    assert.deepEqual(waiter.failure, ['answer-timeout', 'connect-timeout'])
  })

  it('closes what has been idle for long', () => {
    const made = pool()
    idlePair(made)
    made.clock.now = 1000
    made.upstream.sweep(made.clock.now)
    assert.deepEqual(
      made.dialed.map(({ destroyed }) => destroyed),
      [true, true],
    )
  })

  it('dials again for those who wait when a connection has gone', async () => {
    const { upstream, dialed } = pool({ maxConnections: 1 })
    const [first, second] = [new Waiter(), new Waiter()]
    upstream.acquire(first)
    dialed[0]!.emit('connect')
    upstream.acquire(second)
    dialed[0]!.destroy()
    await once(dialed[0]!, 'close')
    assert.equal(dialed.length, 2)
    dialed[1]!.emit('connect')
    assert.ok(second.connection !== null)
  })

  it('gives nothing that was idle to whoever asks for a fresh one', () => {
    const made = pool({ maxConnections: 4 })
    const idle = idlePair(made)
    const waiter = new Waiter()
    assert.equal(made.upstream.acquireFresh(waiter), 'waiting')
    made.dialed[2]!.emit('connect')
    assert.ok(waiter.connection !== null && !idle.includes(waiter.connection))
    assert.deepEqual([made.dialed[0]!.destroyed, made.dialed[1]!.destroyed], [true, true])
  })

  it('never hands a used connection to whoever asked for a fresh one', async () => {
    const made = pool({ maxWaiting: 4 })
    const [first, second] = idlePair(made)
    const busy = new Waiter()
    const other = made.upstream.acquire(busy)
    assert.equal(other, second)
    const fresh = new Waiter()
    assert.equal(made.upstream.acquireFresh(fresh), 'waiting')
    const ordinary = new Waiter()
    assert.equal(made.upstream.acquire(ordinary), 'waiting')
    made.upstream.released(second)
    assert.deepEqual([fresh.connection, ordinary.connection], [null, second])
    made.upstream.released(second)
    assert.equal(fresh.connection, null)
    // Sockets tell of their end on the next tick.
    await new Promise((resolve) => setImmediate(resolve))
    for (const socket of made.dialed.slice(2)) socket.emit('connect')
    assert.ok(fresh.connection !== null && fresh.connection !== first && fresh.connection !== second)
  })
})
