/** Gateways of one project that hold limits together, through a real Redis. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { Redis, redisIsMissing } from '../wire/redis.ts'
import { requestText } from '../wire/request-text.ts'
import { until } from '../wire/until.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = (mode: string, whenAway: string): string => `name: fleet-${mode}
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}", security: public }
throttling: { store: redis, url: "\${REDIS_URL}", secret: "\${SECRET}", mode: ${mode}, whenAway: ${whenAway}, replicas: 2, timeout: 2s }
`

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
paths:
  /six: { get: { x-postern: { throttle: { tier: Six, by: api } }, responses: { default: { description: An answer } } } }
  /both: { get: { x-postern: { throttle: { tier: Both, by: api } }, responses: { default: { description: An answer } } } }
  /lost: { get: { x-postern: { throttle: { tier: Four, by: api } }, responses: { default: { description: An answer } } } }
`

const policies = `tiers:
  Six: { requests: 6, per: 1h }
  Four: { requests: 4, per: 1h }
  Both: [{ requests: 100, per: 1h }, { requests: 2, per: 1d }]
`

export function sharedLimits(start: Start): void {
  for (const [mode, whenAway] of [
    ['leased', 'deny'],
    ['strict', 'local'],
  ] as const) {
    describe(`limits that gateways hold together, ${mode}`, { skip: redisIsMissing }, () => {
      let prepared: ProjectFolder
      let backend: Backend
      let redis: Redis
      let gateways: readonly RunningGateway[] = []

      before(async () => {
        prepared = new ProjectFolder({ 'postern.yaml': project(mode, whenAway), 'api.yaml': definition, 'policies.yaml': policies })
        backend = await Backend.start()
        redis = await Redis.start()
        const started = (): Promise<RunningGateway> =>
          start(prepared, { BACKEND_URL: backend.url, REDIS_URL: redis.url, SECRET: 's'.repeat(32) })
        gateways = [await started(), await started()]
      })
      after(async () => {
        for (const gateway of gateways) await gateway.stop()
        await backend.stop()
        await redis.stop()
        prepared?.remove()
      })

      const get = async (index: number, path: string): ReturnType<typeof ask> =>
        await ask(gateways[index % gateways.length]!.port, requestText('GET', path, []))

      async function statuses(path: string, count: number): Promise<readonly number[]> {
        const found: number[] = []
        for (let index = 0; index < count; index++) found.push((await get(index, path)).status)
        return found
      }

      it('let no more pass than one gateway would', async () => {
        assert.deepEqual(await statuses('/six', 8), [200, 200, 200, 200, 200, 200, 429, 429])
        const { message } = await get(0, '/six')
        const wait = Number(message.field('Retry-After'))
        assert.ok(wait > 3_000 && wait <= 3_700, `Retry-After: ${wait}`)
        assert.equal(message.field('RateLimit-Policy'), '"Six";q=6;w=3600')
        assert.equal(message.field('RateLimit'), `"Six";r=0;t=${wait}`)
      })

      it('count a request by all of its windows or by none', async () => {
        assert.deepEqual(await statuses('/both', 3), [200, 200, 429])
      })

      it('name nobody in Redis', async () => {
        const names = [...(await redis.names())]
        assert.ok(names.length > 0)
        for (const name of names) assert.match(name, /^postern:\{throttle-[\w-]{12}\}:[\w-]+$/)
      })

      it('hold as the project says while Redis is away, and together again when it is back', async () => {
        const awayIn = async (gateway: RunningGateway, away: 0 | 1): Promise<void> => {
          const asked = 'GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n'
          await until(async () => (await ask(gateway.adminPort, asked)).message.text.includes(`postern_throttle_store_away ${away}\n`))
        }
        await redis.kill()
        await Promise.all(gateways.map((gateway) => awayIn(gateway, 1)))
        const away = await Promise.all([0, 0, 0, 1, 1, 1].map(async (index) => (await get(index, '/lost')).status))
        const log = await gateways[0]!.log.find(({ event }) => event === 'throttle-store')
        assert.match(String(log.problem), /^no connection to Redis: /)
        if (whenAway === 'deny') assert.deepEqual(away, [503, 503, 503, 503, 503, 503])
        else assert.deepEqual(away.toSorted(), [200, 200, 200, 200, 429, 429])
        await redis.begin()
        await Promise.all(gateways.map((gateway) => awayIn(gateway, 0)))
        // It has forgotten what it knew: nothing of an hour that began before it did is lent.
        assert.equal((await get(0, '/lost')).status, whenAway === 'deny' ? 503 : 429)
      })
    })
  }
}
