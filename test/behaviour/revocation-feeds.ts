/** What is revoked while the gateway runs: from a list, and from a real etcd. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { Backend } from '../wire/backend.ts'
import { Etcd, etcdIsMissing } from '../wire/etcd.ts'
import { until } from '../wire/until.ts'
import { ChatServer } from '../wire/web-socket-server.ts'
import type { Issuer } from './issuer.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const revoked = '401 900901 The access token was revoked'

/** A list of revocations, as an HTTP server gives it. */
export class ListServer {
  entries: readonly unknown[] = []
  /** What it answers instead of the list; 0: the list. */
  failing: number = 0
  unchanged: number = 0
  readonly authorizations: Set<string> = new Set()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      this.authorizations.add(request.headers.authorization ?? '')
      const body = JSON.stringify(this.entries)
      const etag = `"${Buffer.from(body).toString('base64url')}"`
      const unchanged = request.headers['if-none-match'] === etag
      if (unchanged) this.unchanged++
      response.writeHead(this.failing || (unchanged ? 304 : 200), { ETag: etag })
      response.end(unchanged || this.failing > 0 ? '' : body)
    })
  }

  static async start(): Promise<ListServer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ListServer(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/revokedjwt`
  }

  async end(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

/** Waits until a question has the answer that it should, in each thread that may be asked; fails with another one that it had. */
export async function becomes<T>(wanted: T, ask: () => Promise<T>): Promise<void> {
  let other: T | null = null
  const eightTimes = async (): Promise<boolean> => {
    for (let asked = 0; asked < 8; asked++) {
      const answer = await ask()
      if (answer === wanted) continue
      other = answer
      return false
    }
    return true
  }
  await until(eightTimes, () => `it became ${other}, and not ${wanted}`)
}

async function ready(gateway: RunningGateway): Promise<number> {
  return (await fetch(`http://127.0.0.1:${gateway.adminPort}/ready`)).status
}

export function revocationList(start: Start): void {
  describe('revocations from a list', () => {
    let project: RevocableProject
    let one: Issuer
    let list: ListServer
    let backend: Backend
    let chat: ChatServer
    let gateway: RunningGateway

    before(async () => {
      project = new RevocableProject(
        '{ feeds: [{ type: list, url: "${LIST_URL}", every: 1s, username: "${LIST_USER}", password: "${LIST_PASSWORD}" }], onStale: { after: 15s } }',
        `  /lenient:
    x-postern: { onStale: { action: allow } }
    get: { operationId: lenient, responses: { default: { description: An answer } } }
  /hasty: { get: { operationId: hasty, security: [{ key: [] }], x-postern: { onStale: { after: 5s } }, responses: { default: { description: An answer } } } }
`,
      )
      one = project.one
      list = await ListServer.start()
      list.failing = 500
      backend = await Backend.start()
      chat = await ChatServer.start()
      gateway = await start(project, {
        BACKEND_URL: backend.url,
        CHAT_URL: chat.url,
        LIST_URL: list.url,
        LIST_USER: 'gateway',
        LIST_PASSWORD: 's3cret',
      })
    })
    after(async () => {
      await gateway?.stop()
      await Promise.all([list.end(), backend.stop(), chat.stop()])
      project?.remove()
    })

    const token = (text: string): Promise<string> => outcome(gateway, '/token', `Authorization: Bearer ${text}`)

    it('are waited for: until the first list nobody is served, and the gateway is not ready', async () => {
      assert.equal(await token(one.token()), '503 50300')
      assert.equal(await outcome(gateway, '/key', 'X-API-Key: k-kept'), '503 50300')
      assert.equal(await ready(gateway), 503)
      assert.equal(await outcome(gateway, '/lenient', one.bearer()), '200', 'its API says so')
      list.failing = 0
      await becomes(200, () => ready(gateway))
      await becomes('200', () => token(one.token()))
      assert.deepEqual([...list.authorizations], [`Basic ${Buffer.from('gateway:s3cret').toString('base64')}`])
    })

    it('bar a token that was taken before, and its WebSockets, and no other', async () => {
      const [lost, kept] = [one.token({ jti: 'lost' }), one.token({ jti: 'kept' })]
      for (const text of [lost, kept]) assert.equal(await token(text), '200')
      const open = (text: string): WebSocket =>
        new WebSocket(`ws://127.0.0.1:${gateway.port}/chat`, { headers: { authorization: `Bearer ${text}` } })
      const [ended, stays] = [open(lost), open(kept)]
      await Promise.all([once(ended, 'open'), once(stays, 'open')])
      const closed = once(ended, 'close')
      list.entries = [
        { jti: 'lost', iss: one.name, at: Date.now() / 1000 },
        { jti: 5 },
        { entityId: 'a', entityType: { toString: 0, valueOf: 0 }, revocationTime: 5 },
        'unknown',
        { jwt_signature: 'abc', expiry_time: Date.now() + 60_000 },
      ]
      const [code, reason] = await closed
      assert.deepEqual([code, String(reason)], [1008, 'revoked'])
      await becomes(revoked, () => token(lost))
      assert.equal(await token(kept), '200')
      assert.equal(stays.readyState, WebSocket.OPEN)
      const gone = once(stays, 'close')
      stays.close()
      await gone
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(text, /^postern_revocation_rejected_total\{feed="0"\} [1-9]/m)
      assert.match(text, /^postern_revocation_feed_failures_total\{feed="0"\} [1-9]/m)
      assert.match(text, /^postern_revocation_reconnects_total\{feed="0"\} 1$/m)
      assert.match(text, /^postern_revocation_source_entries\{source="0"\} 3$/m)
      assert.match(text, /^postern_revocation_lag_seconds_count\{feed="0"\} 1$/m)
    })

    it('are not asked for in full while nothing changes', async () => {
      const before = list.unchanged
      await becomes(true, async () => list.unchanged > before)
      assert.equal(await token(one.token({ jti: 'lost' })), revoked)
    })

    it('end where the source takes them back', async () => {
      list.entries = []
      await becomes('200', () => token(one.token({ jti: 'lost' })))
    })

    it('are not guessed where the source is away for too long', async () => {
      list.failing = 503
      await becomes('503 50300', () => outcome(gateway, '/hasty', 'X-API-Key: k-kept'))
      assert.equal(await token(one.token()), '200', 'it has more patience')
      await becomes('503 50300', () => token(one.token()))
      assert.equal(await outcome(gateway, '/lenient', one.bearer()), '200', 'it minds nothing')
      assert.equal(await outcome(gateway, '/open', 'X-Nothing: 1'), '200', 'who shows nothing has nothing that could be revoked')
      list.failing = 0
      await becomes('200', () => token(one.token()))
    })
  })
}

export function revocationEtcd(start: Start): void {
  describe('revocations from etcd', { skip: etcdIsMissing }, () => {
    let project: RevocableProject
    let one: Issuer
    let etcd: Etcd
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      project = new RevocableProject('{ feeds: [{ type: etcd, endpoints: ["${ETCD_URL}"] }], onStale: { after: 8s, action: deny } }')
      one = project.one
      etcd = await Etcd.start()
      await etcd.put('/postern/revoked/jti/from-before', '')
      await etcd.put('/postern/revoked-not/jti/neighbour', '')
      backend = await Backend.start()
      gateway = await start(project, { BACKEND_URL: backend.url, CHAT_URL: backend.url, ETCD_URL: etcd.url })
      await becomes(200, () => ready(gateway))
    })
    after(async () => {
      await gateway?.stop()
      await Promise.all([etcd.end(), backend.stop()])
      project?.remove()
    })

    const ofJti = (jti: string): Promise<string> => outcome(gateway, '/token', `Authorization: Bearer ${one.token({ jti })}`)

    it('that were there before it started', async () => {
      assert.equal(await ofJti('from-before'), revoked)
      assert.equal(await ofJti('neighbour'), '200')
    })

    it('that come while it runs, of every kind', async () => {
      const now = Math.floor(Date.now() / 1000)
      const text = one.token({ jti: 'signed' })
      await etcd.put('/postern/revoked/jti/new', `{"iss":"${one.name}","exp":${now + 600}}`)
      await etcd.put(`/postern/revoked/signature/${text.split('.')[2]}`, '')
      await etcd.put('/postern/revoked/client/lost', `{"before":${now + 60}}`)
      await etcd.put('/postern/revoked/api-key/lost', '')
      await etcd.put('/postern/revoked/client/bad', '{"before":"soon"}')
      await etcd.put('/postern/revoked/else/x', 'not for us')
      await becomes(revoked, () => ofJti('new'))
      await becomes(revoked, () => outcome(gateway, '/token', `Authorization: Bearer ${text}`))
      await becomes(revoked, () => outcome(gateway, '/token', one.bearer({ azp: 'lost' })))
      await becomes('401 900901', () => outcome(gateway, '/key', 'X-API-Key: k-lost'))
      assert.equal(await ofJti('other'), '200')
    })

    it('until they are taken back, or their lease is over', async () => {
      await etcd.put('/postern/revoked/jti/taken-back', `{"iss":"${one.name}"}`)
      await etcd.put('/postern/revoked/jti/leased', 'true', 1)
      await becomes(revoked, () => ofJti('taken-back'))
      await etcd.delete('/postern/revoked/jti/taken-back')
      await becomes('200', () => ofJti('taken-back'))
      await becomes('200', () => ofJti('leased'))
    })

    it('also those that come while etcd restarts, and after its history is gone', async () => {
      await etcd.put('/postern/revoked/jti/to-go', '')
      await becomes(revoked, () => ofJti('to-go'))
      await etcd.kill()
      assert.equal(await ofJti('new'), revoked, 'what is known stays known')
      await becomes('503 50300', () => ofJti('other'))
      await etcd.begin()
      await etcd.put('/postern/revoked/jti/meanwhile', '')
      await etcd.delete('/postern/revoked/jti/to-go')
      await etcd.compact()
      await becomes(revoked, () => ofJti('meanwhile'))
      await becomes('200', () => ofJti('to-go'))
      await becomes('200', () => ofJti('other'))
      await etcd.put('/postern/revoked/jti/afterwards', '')
      await becomes(revoked, () => ofJti('afterwards'))
      assert.equal(await ofJti('new'), revoked)
    })
  })
}
