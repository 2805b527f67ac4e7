/** What is revoked through one gateway is published, and refused by the other one. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { Etcd, etcdIsMissing } from '../wire/etcd.ts'
import { KeyManager } from '../wire/key-manager.ts'
import { Redis, redisIsMissing } from '../wire/redis.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import { becomes } from './revocation-feeds.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /things: { get: { security: [{ token: [] }], responses: { default: { description: An answer } } } }
`

function project(feed: string): string {
  return `name: published
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}" }
issuers:
  - issuer: https://one.example.com
    audiences: [shop]
    keys: one.json
    introspection: { url: "\${KEY_MANAGER}/introspect", clientId: gateway, clientSecret: "\${SECRET}", cache: { keep: 1h } }
    passThrough: { basePath: /oauth2, revoke: "\${KEY_MANAGER}/revoke" }
revocation: { feeds: [${feed}] }
`
}

type Source = {
  readonly url: string
  readonly begin: () => Promise<void>
  readonly kill: () => Promise<void>
  readonly end: () => Promise<void>
}

const kinds = [
  {
    name: 'etcd',
    missing: etcdIsMissing,
    feed: '{ type: etcd, endpoints: ["${SOURCE_URL}"], publish: true }',
    open: (): Promise<Source> => Etcd.start(),
  },
  {
    name: 'a stream of Redis',
    missing: redisIsMissing,
    feed: '{ type: redis, url: "${SOURCE_URL}", publish: true }',
    open: async (): Promise<Source> => {
      const redis = await Redis.start()
      return { url: redis.url, begin: () => redis.begin(), kill: () => redis.kill(), end: () => redis.stop() }
    },
  },
] as const

export function publishedRevocations(start: Start): void {
  for (const { name, missing, feed, open } of kinds) {
    describe(`revocations through a gateway that are published to ${name}`, { skip: missing }, () => {
      let prepared: ProjectFolder
      const one = new Issuer('https://one.example.com', 'one', 'ES256')
      let backend: Backend
      let keyManager: KeyManager
      let source: Source
      let gateways: readonly RunningGateway[] = []

      before(async () => {
        prepared = new ProjectFolder({ 'postern.yaml': project(feed), 'api.yaml': definition, 'one.json': one.keySet })
        backend = await Backend.start()
        keyManager = await KeyManager.start()
        source = await open()
        const settings = { BACKEND_URL: backend.url, KEY_MANAGER: keyManager.url, SOURCE_URL: source.url, SECRET: 's' }
        gateways = [await start(prepared, settings), await start(prepared, settings)]
        for (const { adminPort } of gateways) await becomes(200, async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).status)
      })
      after(async () => {
        for (const gateway of gateways) await gateway.stop()
        await Promise.all([backend?.stop(), keyManager?.stop(), source?.end()])
        prepared?.remove()
      })

      const status = async (at: number, token: string): Promise<number> =>
        (await ask(gateways[at]!.port, requestText('GET', '/things', [`Authorization: Bearer ${token}`]))).status
      const revoke = async (at: number, token: string): Promise<void> => {
        const answer = await fetch(`http://127.0.0.1:${gateways[at]!.port}/oauth2/revoke`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ token }),
        })
        assert.equal(answer.status, 200)
      }

      it('bar a JWT at the other one, and no other JWT', async () => {
        const [lost, kept] = [one.token({ jti: 'lost' }), one.token({ jti: 'kept' })]
        for (const at of [0, 1]) for (const token of [lost, kept]) assert.equal(await status(at, token), 200)
        await revoke(0, lost)
        assert.equal(await status(0, lost), 401, 'at once where it was revoked')
        await becomes(401, () => status(1, lost))
        assert.equal(await status(1, kept), 200)
      })

      it('bar an opaque token at the other one, which has an answer about it', async () => {
        keyManager.knows('opaque-lost')
        for (const at of [0, 1]) assert.equal(await status(at, 'opaque-lost'), 200)
        await revoke(1, 'opaque-lost')
        // The key manager has not heard of it, so that what bars it is what was published.
        await becomes(401, () => status(0, 'opaque-lost'))
      })

      it('are nothing that a stranger can make up', async () => {
        const stranger = new Issuer('https://one.example.com', 'one', 'ES256')
        const token = one.token({ jti: 'not-revoked' })
        await revoke(0, stranger.token({ jti: 'not-revoked' }))
        await revoke(0, one.token({ jti: 'marker' }))
        await becomes(401, () => status(1, one.token({ jti: 'marker' })))
        assert.equal(await status(1, token), 200)
      })

      it('are published when the source is there again', async () => {
        await source.kill()
        const token = one.token({ jti: 'while-away' })
        await revoke(0, token)
        assert.equal(await status(0, token), 401)
        await source.begin()
        await becomes(401, () => status(1, token))
        const metrics = await (await fetch(`http://127.0.0.1:${gateways[0]!.adminPort}/metrics`)).text()
        assert.match(metrics, /^postern_revocations_unpublished\{feed="0"\} 0$/m)
        assert.match(metrics, /^postern_revocations_published_total\{feed="0",outcome="failed"\} [1-9]/m)
      })
    })
  }
}
