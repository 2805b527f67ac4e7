/** What is revoked while the gateway runs, from a real Redis. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { Redis, redisIsMissing } from '../wire/redis.ts'
import type { Issuer } from './issuer.ts'
import { becomes } from './revocation-feeds.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const revoked = '401 900901 The access token was revoked'

export function revocationStreams(start: Start): void {
  describe('revocations from a stream of Redis', { skip: redisIsMissing }, () => {
    let project: RevocableProject
    let one: Issuer
    let redis: Redis
    let backend: Backend
    let gateway: RunningGateway

    const add = (...fields: readonly string[]): Promise<unknown> => redis.run('XADD', 'postern:revoked', '*', ...fields)
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${gateway.adminPort}/ready`)).status

    before(async () => {
      project = new RevocableProject('{ feeds: [{ type: redis, url: "${REDIS_URL}" }], onStale: { after: 10s, action: deny } }')
      one = project.one
      redis = await Redis.start()
      await add('jti', 'from-before')
      backend = await Backend.start()
      gateway = await start(project, { BACKEND_URL: backend.url, CHAT_URL: backend.url, REDIS_URL: redis.url })
      await becomes(200, ready)
    })
    after(async () => {
      await gateway?.stop()
      await Promise.all([redis.stop(), backend.stop()])
      project?.remove()
    })

    const ofJti = (jti: string): Promise<string> => outcome(gateway, '/token', `Authorization: Bearer ${one.token({ jti })}`)

    it('that were there before it started', async () => {
      assert.equal(await ofJti('from-before'), revoked)
      assert.equal(await ofJti('other'), '200')
    })

    it('that come while it runs, of every kind', async () => {
      const now = Math.floor(Date.now() / 1000)
      const text = one.token({ jti: 'signed' })
      await add('jti', 'new', 'iss', one.name, 'exp', String(now + 600))
      await add('signature', text.split('.')[2]!)
      await add('client', 'lost', 'before', String(now + 60))
      await add('client', 'bad', 'before', 'soon')
      await add('apiKey', 'lost')
      await becomes(revoked, () => ofJti('new'))
      await becomes(revoked, () => outcome(gateway, '/token', `Authorization: Bearer ${text}`))
      await becomes(revoked, () => outcome(gateway, '/token', one.bearer({ azp: 'lost' })))
      await becomes('401 900901', () => outcome(gateway, '/key', 'X-API-Key: k-lost'))
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(metrics, /^postern_revocation_rejected_total\{feed="0"\} 1$/m)
      assert.equal(await ofJti('other'), '200')
    })

    it('until an operator takes them back', async () => {
      await add('jti', 'taken-back', 'iss', one.name)
      await becomes(revoked, () => ofJti('taken-back'))
      await add('jti', 'taken-back', 'iss', one.name, 'takenBack', 'true')
      await becomes('200', () => ofJti('taken-back'))
    })

    it('also when a later message says less: what was said counts until it ends', async () => {
      const now = Math.floor(Date.now() / 1000)
      const ofClient = (): Promise<string> => outcome(gateway, '/token', one.bearer({ azp: 'twice' }))
      await add('client', 'twice', 'before', String(now + 60))
      await becomes(revoked, ofClient)
      await add('client', 'twice', 'before', String(now - 86_400), 'exp', String(now + 600))
      await add('jti', 'after-less')
      await becomes(revoked, () => ofJti('after-less'))
      assert.equal(await ofClient(), revoked)
    })

    it('also when Redis has lost them, and those that come afterwards', async () => {
      await redis.run('FLUSHALL')
      await add('jti', 'after-flush')
      await becomes(revoked, () => ofJti('after-flush'))
      await redis.kill()
      assert.equal(await ofJti('new'), revoked, 'what is known stays known')
      await becomes('503 50300', () => ofJti('other'))
      await redis.begin()
      await add('jti', 'after-restart')
      await becomes(revoked, () => ofJti('after-restart'))
      await becomes('200', () => ofJti('other'))
      for (const jti of ['from-before', 'new', 'after-flush']) assert.equal(await ofJti(jti), revoked)
    })
  })
}
