import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { Backend } from '../../../wire/backend.ts'
import type { Client } from '../../../wire/client.ts'
import { noThrottling, type PlannedGateway, planOf, limits as usualLimits } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { until } from '../../../wire/until.ts'
import { secret } from './bugs.ts'
import { spawnThreaded, startThreaded, type ThreadedGateway } from './threaded-gateway.ts'

const quota = 300

let backend: Backend
before(async () => {
  backend = await Backend.start()
})
after(() => backend.stop())

function plan(changes: Partial<PlannedGateway> = {}): GatewayPlan {
  return planOf([backend.url], {
    throttling: {
      ...noThrottling,
      limits: [
        {
          tier: 'Quota',
          level: 'api',
          by: 'api',
          windows: [{ unit: 'requests', amount: quota, window: 3_600_000, algorithm: 'sliding' }],
          whenUsedUp: 'refuse',
        },
      ],
      capacity: 1_024,
    },
    operations: [
      { method: 'GET', template: '/hello' },
      { method: 'GET', template: '/slow' },
      { method: 'GET', template: '/limited', limits: [0] },
      ...['throws', 'hangs', 'eats'].map((id) => ({ method: 'GET', template: `/${id}`, id }) as const),
    ],
    ...changes,
  })
}

/** This many connections; the system spreads them over the threads. */
async function connections(gateway: ThreadedGateway, count: number): Promise<readonly Client[]> {
  return Promise.all(Array.from({ length: count }, () => gateway.connect()))
}

/** All connections ask this often, one request after another on each. */
async function load(clients: readonly Client[], path: string, each: number): Promise<readonly number[]> {
  const statuses = await Promise.all(
    clients.map(async (client) => {
      const own: number[] = []
      for (let count = 0; count < each; count++) own.push((await client.request(requestText('GET', path))).status)
      return own
    }),
  )
  return statuses.flat()
}

/** Numbers of the threads that wrote access lines. */
function threadsIn({ log }: ThreadedGateway): ReadonlySet<unknown> {
  return new Set(log.lines.filter(({ event }) => event === 'access').map(({ worker }) => worker))
}

async function stop(gateway: ThreadedGateway): Promise<void> {
  gateway.signal('SIGTERM')
  assert.deepEqual([await gateway.ended(), gateway.stderr], [0, ''])
}

describe('worker threads', { concurrency: 2 }, () => {
  for (const workers of [2, 4]) {
    it(`hold a limit together exactly, ${workers} of them under load`, async (test) => {
      const gateway = await startThreaded(test, plan(), workers)
      const clients = await connections(gateway, 32)
      const statuses = await load(clients, '/limited', 25)
      assert.equal(statuses.filter((status) => status === 200).length, quota)
      assert.equal(statuses.filter((status) => status === 429).length, 32 * 25 - quota)
      await Promise.all(clients.map((client) => client.destroy()))
      await stop(gateway)
      assert.ok(threadsIn(gateway).size > 1, 'several threads served')
    })
  }

  it('are counted as one gateway, and their log lines are whole', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    const clients = await connections(gateway, 16)
    await load(clients, '/hello', 50)
    assert.equal(await gateway.metric('postern_requests_total{api="Test",operation="GET /hello",method="GET",status="200"}'), 800)
    assert.equal(await gateway.metric('postern_request_duration_seconds_count{api="Test",operation="GET /hello",method="GET"}'), 800)
    assert.equal(await gateway.metric('postern_connections_open'), 16)
    assert.equal(await gateway.metric('postern_connections_total'), 16)
    assert.equal(await gateway.metric('postern_workers'), 2)
    await load(clients.slice(0, 1), '/limited', 1)
    assert.equal(await gateway.metric('postern_throttle_counters'), 1)
    await Promise.all(clients.map((client) => client.destroy()))
    await stop(gateway)
    // A line that is not JSON would have thrown.
    const access = gateway.log.lines.filter(({ event }) => event === 'access')
    assert.equal(access.length, 801)
    assert.equal(new Set(access.map(({ requestId }) => requestId)).size, 801)
    assert.deepEqual([...threadsIn(gateway)].sort(), [0, 1])
  })

  it('have as many client connections together as the gateway may have', async (test) => {
    const gateway = await startThreaded(test, plan({ limits: { ...usualLimits, maxConnections: 8 } }), 2)
    const kept = await connections(gateway, 8)
    assert.deepEqual(new Set(await load(kept, '/hello', 1)), new Set([200]))
    const [more] = await connections(gateway, 1)
    await assert.rejects(more!.request(requestText('GET', '/hello')))
    await Promise.all(kept.map((client) => client.destroy()))
    await until(async () => (await gateway.metric('postern_connections_open')) === 0)
    const again = await connections(gateway, 8)
    assert.deepEqual(new Set(await load(again, '/hello', 1)), new Set([200]))
    await Promise.all(again.map((client) => client.destroy()))
    await stop(gateway)
  })

  it('are replaced when they end by a bug, which costs neither places nor counts', async (test) => {
    const gateway = await startThreaded(test, plan({ limits: { ...usualLimits, maxConnections: 16 } }), 2)
    const clients = await connections(gateway, 8)
    await load(clients, '/hello', 5)
    await gateway.provoke('/throws')
    const { level, reason, detail, number } = await gateway.log.find(({ event }) => event === 'worker-ended')
    assert.deepEqual([level, reason], ['error', 'bug'])
    assert.match(String(detail), /bugs\.ts/)
    await gateway.log.find(({ event, number: replaced }) => event === 'worker-replaced' && replaced === number)
    assert.equal(await gateway.metric('postern_worker_restarts_total'), 1)
    assert.equal(await gateway.metric('postern_requests_total{api="Test",operation="GET /hello",method="GET",status="200"}'), 40)
    assert.equal((await gateway.admin('/ready')).status, 200)
    await Promise.all(clients.map((client) => client.destroy()))
    while ((await gateway.metric('postern_connections_open')) > 0);
    const all = await connections(gateway, 16)
    assert.deepEqual(new Set(await load(all, '/hello', 1)), new Set([200]))
    await Promise.all(all.map((client) => client.destroy()))
    await stop(gateway)
    assert.doesNotMatch(gateway.log.text, new RegExp(secret))
    // What the thread had logged before it ended is there.
    assert.equal(gateway.log.lines.filter(({ operation, status }) => operation === 'GET /hello' && status === 200).length, 56)
  })

  it('keep their counters in shared memory when one of them is replaced', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    const clients = await connections(gateway, 8)
    const before = await load(clients, '/limited', 20)
    await Promise.all(clients.map((client) => client.destroy()))
    await gateway.provoke('/throws')
    await gateway.log.find(({ event }) => event === 'worker-replaced')
    const others = await connections(gateway, 8)
    const statuses = [...before, ...(await load(others, '/limited', 30))]
    assert.equal(statuses.filter((status) => status === 200).length, quota)
    await Promise.all(others.map((client) => client.destroy()))
    await stop(gateway)
  })

  it('are replaced when they run out of memory', async (test) => {
    const gateway = await startThreaded(test, plan(), 2, { flags: ['--max-old-space-size=48'] })
    await gateway.provoke('/eats')
    assert.equal((await gateway.log.find(({ event }) => event === 'worker-ended')).reason, 'out-of-memory')
    await gateway.log.find(({ event }) => event === 'worker-replaced')
    assert.equal((await gateway.ask('/hello')).status, 200)
    await stop(gateway)
  })

  it('are replaced when they hang, of which /live tells before, and /metrics does not wait for them', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    await gateway.provokeAndLeave('/hangs')
    assert.match(await gateway.adminUntil('/live', 503), /"stuck":\[[01]\]/)
    assert.equal((await gateway.admin('/metrics')).status, 200)
    assert.equal((await gateway.log.find(({ event }) => event === 'worker-ended')).reason, 'hung')
    await gateway.log.find(({ event }) => event === 'worker-replaced')
    await gateway.adminUntil('/live', 200)
    await stop(gateway)
  })

  it('that end again and again are started later each time, and the gateway is not ready', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    const delays: unknown[] = []
    for (let count = 0; count < 5; count++) {
      gateway.log.forget()
      await gateway.provoke('/throws')
      delays.push((await gateway.log.find(({ event }) => event === 'worker-ended')).restartInMilliseconds)
      await gateway.log.find(({ event }) => event === 'worker-replaced')
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1_600])
    assert.match((await gateway.admin('/ready')).text, /again and again/)
    await stop(gateway)
  })

  it('do not run what has taken the place of the bundle meanwhile', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    appendFileSync(join(gateway.folder, 'gateway.mjs'), '\n')
    await gateway.provoke('/throws')
    const { detail } = await gateway.log.find(({ event, reason }) => event === 'worker-ended' && reason === 'refused')
    assert.match(String(detail), /gateway\.mjs was altered/)
    assert.equal((await gateway.ask('/hello')).status, 200)
    await stop(gateway)
  })
})

describe('a gateway with worker threads that is told to end', { concurrency: 2 }, () => {
  it('waits for what all of them have in flight, and adds up what they cut', async (test) => {
    const gateway = await startThreaded(test, plan(), 2, { environment: { POSTERN_DRAIN_SECONDS: '1' } })
    const clients = await connections(gateway, 8)
    let arrived = 0
    backend.on('/slow', () => {
      arrived++
    })
    const failed = Promise.all(clients.map((client) => assert.rejects(client.request(requestText('GET', '/slow')))))
    await until(() => arrived === clients.length)
    gateway.signal('SIGTERM')
    assert.equal((await gateway.log.find(({ event }) => event === 'draining')).inFlight, 8)
    await failed
    assert.equal((await gateway.log.find(({ event }) => event === 'stopped')).cut, 8)
    assert.deepEqual([await gateway.ended(), gateway.stderr], [0, ''])
  })

  it('does not wait for one that hangs', async (test) => {
    const gateway = await startThreaded(test, plan(), 2)
    await gateway.provokeAndLeave('/hangs')
    await stop(gateway)
    assert.equal(gateway.log.lines.at(-1)?.event, 'stopped')
  })
})

describe('a gateway with worker threads does not start', { concurrency: 2 }, () => {
  async function refused(
    test: TestContext,
    environment: Readonly<Record<string, string>>,
    why: RegExp,
    of: GatewayPlan = plan(),
  ): Promise<void> {
    const gateway = spawnThreaded(test, of, 2, { environment })
    assert.equal(await gateway.ended(), 1)
    assert.match(gateway.stderr, /^postern: the gateway does not start: [^\n]+\n$/)
    assert.match(gateway.stderr, why)
  }

  it('on the port of another one, although threads could share it', async (test) => {
    const first = await startThreaded(test, plan(), 2)
    await refused(test, { POSTERN_HTTP_PORT: String(first.port) }, /the port is in use/)
    await stop(first)
  })

  it('with fewer connections to a backend than threads', (test) =>
    refused(
      test,
      {},
      /POSTERN_WORKERS is 2, but the gateway was built for 1 /,
      plan({ limits: { ...usualLimits, maxUpstreamConnections: 1 } }),
    ))

  it('with a number that is none', async (test) => {
    for (const number of ['0', '65', '1.5', 'many', '-1']) await refused(test, { POSTERN_WORKERS: number }, /POSTERN_WORKERS must be/)
  })
})
