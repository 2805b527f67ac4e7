/** Gateways of one project that share what a key manager said, through a real Redis. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { KeyManager } from '../wire/key-manager.ts'
import { Redis, redisIsMissing } from '../wire/redis.ts'
import { requestText } from '../wire/request-text.ts'
import { until } from '../wire/until.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: fleet
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}" }
issuers:
  - issuer: https://idp.example.com
    audiences: [shop]
    claims: { client: client_id }
    introspection:
      url: "\${KEY_MANAGER}/introspect"
      clientId: gateway
      clientSecret: "\${SECRET}"
      cache: { mode: shared, keep: 1d, keepInvalid: 1h, url: "\${REDIS_URL}", secret: "\${CACHE_SECRET}", timeout: 2s }
    passThrough: { basePath: /oauth2, revoke: "\${KEY_MANAGER}/revoke" }
`

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /things: { get: { security: [{ token: [] }], responses: { default: { description: An answer } } } }
`

export function sharedAnswers(start: Start): void {
  describe('answers of a key manager that gateways share', { skip: redisIsMissing }, () => {
    let prepared: ProjectFolder
    let backend: Backend
    let keyManager: KeyManager
    let redis: Redis
    let one: RunningGateway
    let two: RunningGateway
    let stranger: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({ 'postern.yaml': project, 'api.yaml': definition })
      backend = await Backend.start()
      keyManager = await KeyManager.start()
      redis = await Redis.start()
      const startWith = (secret: string): Promise<RunningGateway> =>
        start(prepared, { BACKEND_URL: backend.url, KEY_MANAGER: keyManager.url, SECRET: 's', REDIS_URL: redis.url, CACHE_SECRET: secret })
      one = await startWith('a'.repeat(32))
      two = await startWith('a'.repeat(32))
      stranger = await startWith('b'.repeat(32))
    })
    after(async () => {
      for (const gateway of [one, two, stranger]) await gateway.stop()
      await backend.stop()
      await keyManager.stop()
      await redis.stop()
      prepared?.remove()
    })

    async function status(gateway: RunningGateway, token: string): Promise<number> {
      return (await ask(gateway.port, requestText('GET', '/things', [`Authorization: Bearer ${token}`]))).status
    }

    /** An answer is left for the others beside the request. */
    async function waitFor(count: number): Promise<void> {
      await until(async () => (await redis.contents()).size >= count)
    }

    async function connected(gateway: RunningGateway, count: 0 | 1): Promise<void> {
      const asked = `GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n`
      const line = `postern_shared_answers_connections ${count}`
      await until(async () => (await ask(gateway.adminPort, asked)).message.text.includes(line))
    }

    it('are asked for once, good or bad', async () => {
      keyManager.knows('known-1')
      assert.equal(await status(one, 'known-1'), 200)
      assert.equal(await status(one, 'unknown-1'), 401)
      await waitFor(2)
      for (let count = 0; count < 3; count++) {
        assert.equal(await status(two, 'known-1'), 200)
        assert.equal(await status(two, 'unknown-1'), 401)
      }
      assert.equal(keyManager.countOf('known-1'), 1)
      assert.equal(keyManager.countOf('unknown-1'), 1)
    })

    it('mean nothing to a gateway that has another secret', async () => {
      assert.equal(await status(stranger, 'known-1'), 200)
      assert.equal(keyManager.countOf('known-1'), 2)
    })

    it('name no token, nor what is said of it', async () => {
      const all = JSON.stringify([...(await redis.contents())])
      const decoded = [...(await redis.contents()).values()].map((value) => Buffer.from(value, 'base64').toString('latin1')).join('\n')
      for (const text of [all, decoded])
        for (const word of ['known-1', 'shop', 'client', 'app', 'claims']) assert.ok(!text.includes(word), word)
    })

    it('are not believed where somebody else wrote them', async () => {
      keyManager.knows('known-2')
      assert.equal(await status(one, 'known-2'), 200)
      const count = (await redis.contents()).size
      assert.equal(await status(one, 'unknown-2'), 401)
      await waitFor(count + 1)
      const contents = [...(await redis.contents())]
      for (const [index, [name]] of contents.entries()) await redis.write(name, contents[(index + 1) % contents.length]![1])
      assert.equal(await status(two, 'unknown-2'), 401)
      assert.equal(keyManager.countOf('unknown-2'), 2)
      await two.log.find(({ event, problem }) => event === 'introspection-cache' && String(problem).includes('has written'))
      keyManager.forgets('known-2')
      assert.equal(await status(two, 'known-2'), 401)
    })

    it('are withdrawn for all when the token is revoked through one', async () => {
      keyManager.knows('revoked')
      const count = (await redis.contents()).size
      assert.equal(await status(one, 'revoked'), 200)
      await waitFor(count + 1)
      keyManager.answer = (response) => response.end()
      const form = ['Content-Type: application/x-www-form-urlencoded']
      assert.equal((await ask(one.port, requestText('POST', '/oauth2/revoke', form, 'token=revoked'))).status, 200)
      keyManager.answer = null
      keyManager.forgets('revoked')
      assert.equal(await status(one, 'revoked'), 401)
      assert.equal(await status(two, 'revoked'), 401)
    })

    it('are asked for by each alone while Redis is away', async () => {
      await redis.kill()
      for (const gateway of [one, two]) await connected(gateway, 0)
      keyManager.knows('alone')
      assert.equal(await status(one, 'alone'), 200)
      assert.equal(await status(two, 'alone'), 200)
      assert.equal(await status(two, 'unknown-3'), 401)
      assert.equal(keyManager.countOf('alone'), 2)
      await one.log.find(({ event, problem }) => event === 'introspection-cache' && String(problem).includes('no connection'))
      await redis.begin()
      for (const gateway of [one, two]) await connected(gateway, 1)
      keyManager.knows('again')
      assert.equal(await status(one, 'again'), 200)
      await waitFor(1)
      assert.equal(await status(two, 'again'), 200)
      assert.equal(keyManager.countOf('again'), 1)
    })
  })
}
