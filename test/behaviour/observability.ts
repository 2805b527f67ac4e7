import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogLine } from '../wire/log-lines.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function observability(there: There): void {
  /** The access line of a request, found by its id. */
  function accessLine(id: string | undefined): Promise<LogLine> {
    return there().gateway.log.find(({ event, requestId }) => event === 'access' && requestId === id)
  }

  describe('the log', { concurrency: 3 }, () => {
    it('begins with who listens where', async () => {
      const line = await there().gateway.log.find(({ event }) => event === 'listening')
      const { port, adminPort } = there().gateway
      const { http, admin, name, version, level } = line
      assert.deepEqual(
        { http, admin, name, version, level },
        { http: port, admin: adminPort, name: 'behaviour', version: '1.2.3', level: 'info' },
      )
      assert.match(String(line.digest), /^sha256:[0-9a-f]{64}$/)
    })

    it('says of a request what became of it', async () => {
      const { one } = there().project
      const { message } = await there().ask('POST', '/shop/orders', [one.bearer({ azp: 'till', scope: 'orders:write' })], 'order')
      const line = await accessLine(message.field('X-Request-Id'))
      const { level, method, path, operation, status, bytesIn, bytesOut, address, consumer, tries } = line
      assert.deepEqual(
        { level, method, path, operation, status, bytesIn, address, consumer, tries },
        {
          level: 'info',
          method: 'POST',
          path: '/shop/orders',
          operation: 'addOrder',
          status: 200,
          bytesIn: 5,
          address: '127.0.0.1',
          consumer: 'client:0:till',
          tries: 1,
        },
      )
      assert.equal(bytesOut, message.length)
      assert.ok(Number(line.milliseconds) >= 0)
      assert.ok(!Number.isNaN(Date.parse(String(line.time))))
    })

    it('says of a refused request why', async () => {
      const { message } = await there().ask('GET', '/shop/orders')
      const { status, refusal, reason, operation } = await accessLine(message.field('X-Request-Id'))
      assert.deepEqual(
        { status, refusal, reason, operation },
        { status: 401, refusal: 'credential-missing', reason: 'missing', operation: 'listOrders' },
      )
    })

    it('says of a request that its client has left', async () => {
      const client = await there().connect()
      const next = there().open.on('/v2/items/left', () => {})
      client.send(requestText('GET', '/open/v1/items/left'))
      await next
      client.socket.destroy()
      const { status, aborted } = await there().gateway.log.find(({ path, event }) => event === 'access' && path === '/open/v1/items/left')
      assert.deepEqual({ status, aborted }, { status: 499, aborted: true })
    })

    it('holds no credential, no query and no other field', async () => {
      const token = there().project.one.token({ scope: 'orders:read' })
      const secret = 'sEcReT'
      const fields = [
        `Authorization: Bearer ${token}`,
        `Cookie: ${secret}`,
        `X-Api-Key: ${secret}`,
        `User-Agent: ${secret}`,
        `Referer: /${secret}`,
      ]
      const asked = [
        there().ask('GET', `/shop/orders?key=${secret}`, fields),
        there().ask('GET', '/shop/orders', [`Authorization: Basic ${secret}`]),
        there().ask('GET', '/shop/orders', [`Authorization: Bearer ${secret}`]),
        there().ask('GET', `/open/v1/%zz${secret}`, fields),
        there().ask('GET', '/open/v1/echo', [`X ${secret}: a`]),
        there().ask('POST', '/open/v1/echo', fields, secret),
      ]
      for (const { message } of await Promise.all(asked)) await accessLine(message.field('X-Request-Id'))
      const { text } = there().gateway.log
      assert.doesNotMatch(text, new RegExp(secret))
      for (const part of token.split('.')) assert.ok(!text.includes(part))
    })

    it('is JSON whatever the path holds', async () => {
      const { message } = await there().ask('GET', '/open/v1/items/%22%0A%7B%7D')
      const { path } = await accessLine(message.field('X-Request-Id'))
      assert.equal(path, '/open/v1/items/%22%0A%7B%7D')
    })
  })

  describe('the admin listener', () => {
    it('says that the gateway lives and is ready', async () => {
      assert.equal((await there().admin('/live')).status, 200)
      const { status, text } = await there().admin('/ready')
      assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ready', missing: [] }])
    })

    it('says what the gateway is', async () => {
      const { status, type, text } = await there().admin('/manifest')
      assert.deepEqual([status, type], [200, 'application/json'])
      const { name, version, digest } = JSON.parse(text) as Readonly<Record<string, unknown>>
      const line = await there().gateway.log.find(({ event }) => event === 'listening')
      assert.deepEqual({ name, version, digest }, { name: 'behaviour', version: '1.2.3', digest: line.digest })
    })

    it('has nothing else', async () => {
      assert.equal((await there().admin('/')).status, 404)
      assert.equal((await there().admin('/shop/orders')).status, 404)
    })

    it('is not part of what the gateway serves', async () => {
      for (const path of ['/live', '/ready', '/metrics', '/manifest']) assert.equal((await there().ask('GET', path)).status, 404)
    })
  })

  const { sample, growth } = samplesOf(there)

  describe('the metrics', () => {
    it('count requests by operation and status', async () => {
      const labels = '{api="Open",operation="getItem",method="GET",status="200"}'
      const ask = (): Promise<unknown> => there().ask('GET', '/open/v1/items/1')
      assert.equal(await growth(`postern_requests_total${labels}`, ask), 1)
      assert.equal(await growth('postern_request_duration_seconds_count{api="Open",operation="getItem",method="GET"}', ask), 1)
    })

    it('count what is refused before it has an operation', async () => {
      const ask = (): Promise<unknown> => there().ask('GET', '/open/v1/%00')
      assert.equal(await growth('postern_refused_before_routing_total{reason="bad-target"}', ask), 1)
    })

    it('count failures of authentication by reason', async () => {
      assert.equal(await growth('postern_auth_failures_total{reason="missing"}', () => there().ask('GET', '/shop/orders')), 1)
    })

    it('count failures of backends', async () => {
      const ask = async (): Promise<void> => {
        there().open.once((request) => request.write('nonsense\r\n\r\n'))
        await there().ask('GET', '/open/v1/echo')
      }
      assert.equal(await growth('postern_upstream_errors_total{upstream="0",reason="malformed-head"}', ask), 1)
    })

    it('count what is throttled', async () => {
      const bearer = there().project.one.bearer({ azp: 'metrics' })
      const ask = async (): Promise<void> => {
        for (let count = 0; count < 4; count++) await there().ask('GET', '/limited/free', [bearer])
      }
      assert.equal(await growth('postern_throttled_total{operation="limitedFree",level="api"}', ask), 1)
    })

    it('tell what is in flight and who is connected', async () => {
      const next = there().open.once(() => {})
      const client = await there().connect()
      const answer = client.request(requestText('GET', '/open/v1/echo'))
      const request = await next
      assert.equal(await sample('postern_requests_in_flight'), 1)
      assert.ok((await sample('postern_connections_open')) >= 1)
      request.respond()
      await answer
      assert.equal(await sample('postern_requests_in_flight'), 0)
      await client.destroy()
    })

    it('say what is running', async () => {
      const { text } = await there().admin('/metrics')
      assert.match(text, /^postern_build_info\{name="behaviour",version="1\.2\.3",digest="sha256:[0-9a-f]{64}",node="v\d+[^"]*"\} 1$/m)
    })
  })
}

export function rememberedTokens(there: There): void {
  const { growth } = samplesOf(there)

  describe('the metrics', () => {
    it('count the token cache', async () => {
      const bearer = there().project.one.bearer({ jti: 'metrics' })
      const ask = async (): Promise<void> => {
        for (let count = 0; count < 3; count++) await there().ask('GET', '/shop/whoever', [bearer])
      }
      assert.equal(await growth('postern_token_cache_misses_total', ask), 1)
      assert.equal(await growth('postern_token_cache_hits_total', ask), 3)
    })
  })
}

type Samples = {
  readonly sample: (name: string) => Promise<number>
  readonly growth: (name: string, act: () => Promise<unknown>) => Promise<number>
}

function samplesOf(there: There): Samples {
  /** The value of a sample; 0 where there is none. */
  async function sample(name: string): Promise<number> {
    const { status, type, text } = await there().admin('/metrics')
    assert.equal(status, 200)
    assert.match(type, /^text\/plain; version=0\.0\.4/)
    const line = text.split('\n').find((each) => each.startsWith(`${name} `))
    return line === undefined ? 0 : Number(line.slice(name.length + 1))
  }

  /** By how much a sample grows. */
  async function growth(name: string, act: () => Promise<unknown>): Promise<number> {
    const before = await sample(name)
    await act()
    return (await sample(name)) - before
  }
  return { sample, growth }
}
