/** What is under way when its credential is revoked is cut, whatever protocol it speaks; what expires ends streams, and nothing shorter. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { type EventEmitter, once } from 'node:events'
import { cpSync } from 'node:fs'
import type { ClientHttp2Stream } from 'node:http2'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import grpc from '@grpc/grpc-js'
import { Authority } from '../wire/authority.ts'
import { Backend, type BackendRequest } from '../wire/backend.ts'
import { Client } from '../wire/client.ts'
import { answerOf, Http2LibraryClient } from '../wire/http2-library-client.ts'
import { RawConnection } from '../wire/raw-connection.ts'
import { requestText } from '../wire/request-text.ts'
import { GrpcServer, type Order, serviceDefinition } from './grpc-server.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import { becomes, ListServer } from './revocation-feeds.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: streams
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}" }
  - { definition: shop.proto, policy: shop.policy.yaml, backend: "\${SHOP_URL}" }
issuers:
  - { issuer: https://one.example.com, audiences: [shop], keys: keys/one.json, clockSkew: 0s }
apiKeys: api-keys.yaml
revocation: { feeds: [{ type: list, url: "\${LIST_URL}", every: 1s }] }
`

const definition = `openapi: 3.1.0
info: { title: Streams, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: header, name: X-API-Key }
security: [{ token: [] }]
paths:
  /events: { get: { operationId: events, responses: { default: { description: An answer } } } }
  /file:
    get: { operationId: download, responses: { default: { description: An answer } } }
    put: { operationId: upload, responses: { default: { description: An answer } } }
  /key: { get: { operationId: key, security: [{ key: [] }], responses: { default: { description: An answer } } } }
`

const events = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n'
const nextEvent = '8\r\ndata: 2\n\r\n'

const order: Order = { id: 'a', number: 1, data: Buffer.alloc(0) }

/** What a call ends with. */
function statusOf(call: EventEmitter): Promise<grpc.status> {
  call.on('error', () => {})
  return new Promise((resolve) => call.on('status', ({ code }: grpc.StatusObject) => resolve(code)))
}

export function cutExchanges(start: Start): void {
  describe('what is under way', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const service = serviceDefinition()
    let prepared: ProjectFolder
    let list: ListServer
    let backend: Backend
    let shop: GrpcServer
    let gateway: RunningGateway
    let jtis = 0

    before(async () => {
      const files = {
        'postern.yaml': project,
        'api.yaml': definition,
        'shop.policy.yaml': 'security: token\n',
        'keys/one.json': one.keySet,
        'api-keys.yaml': `keys: [{ id: lost, digest: "sha256:${hash('sha256', 'k-lost')}" }]\n`,
      }
      prepared = new ProjectFolder(files)
      cpSync(join(import.meta.dirname, 'grpc-project', 'shop'), join(prepared.folder, 'shop'), { recursive: true })
      cpSync(join(import.meta.dirname, 'grpc-project', 'shop.proto'), join(prepared.folder, 'shop.proto'))
      list = await ListServer.start()
      backend = await Backend.start()
      shop = await GrpcServer.start(new Authority('Servers').issue('localhost', { names: ['localhost'] }))
      const urls = { BACKEND_URL: backend.url, SHOP_URL: shop.url, LIST_URL: list.url }
      gateway = await start(prepared, urls)
      await becomes(200, async () => (await fetch(`http://127.0.0.1:${gateway.adminPort}/ready`)).status)
    })
    after(async () => {
      await gateway?.stop()
      shop.stop()
      await Promise.all([list.end(), backend.stop()])
      prepared?.remove()
    })

    /** A token, and what revokes it. */
    function revocable(): { readonly bearer: string; readonly text: string; readonly revoke: () => void } {
      const jti = `stream-${jtis++}`
      const text = one.token({ jti })
      return { text, bearer: `Authorization: Bearer ${text}`, revoke: () => revoke({ jti }) }
    }

    function revoke(entry: unknown): void {
      list.entries = [...list.entries, entry]
    }

    /** The target's requests are answered by this from now on. */
    function answering(target: string, text: string): void {
      backend.on(target, (request) => request.write(text))
    }

    /** A connection whose answer to this request has begun. */
    async function begun(method: string, target: string, field: string): Promise<RawConnection> {
      const client = await RawConnection.connect(gateway.port)
      client.send(requestText(method, target, [field]))
      await client.until((bytes) => bytes.includes('\r\n\r\n') && bytes.length > bytes.indexOf('\r\n\r\n') + 4)
      return client
    }

    function grpcClient(): grpc.Client {
      return new grpc.Client(`127.0.0.1:${gateway.port}`, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
    }

    function carrying(token: string): grpc.Metadata {
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      return metadata
    }

    it('as a stream of events is cut in every thread, and no other', async () => {
      const [lost, kept] = [revocable(), revocable()]
      const streams: BackendRequest[] = []
      backend.on('/events?1', (request) => {
        streams.push(request)
        request.write(events)
      })
      const ended = await Promise.all(Array.from({ length: 6 }, () => begun('GET', '/events?1', lost.bearer)))
      const stays = await begun('GET', '/events?1', kept.bearer)
      lost.revoke()
      for (const client of ended) {
        await client.end()
        assert.doesNotMatch(client.received.toString(), /0\r\n\r\n$/, 'nobody takes it for the whole')
        await client.destroy()
      }
      for (const request of streams.slice(0, 6)) await request.closed
      const before = stays.received.length
      streams[6]!.write(nextEvent)
      await stays.until((bytes) => bytes.length > before)
      await stays.destroy()
      const line = await gateway.log.find(({ operation, reason }) => operation === 'events' && reason === 'revoked')
      assert.deepEqual([line.status, line.aborted, typeof line.revocationEpoch], [200, true, 'number'])
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(text, /^postern_exchanges_cut_total\{reason="revoked"\} 6$/m)
    })

    it('with an API key is cut as well', async () => {
      answering('/key', events)
      const client = await begun('GET', '/key', 'X-API-Key: k-lost')
      revoke({ apiKey: 'lost' })
      await client.end()
      await client.destroy()
    })

    it('as a long download is cut', async () => {
      const lost = revocable()
      answering('/file?1', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome of it')
      const client = await begun('GET', '/file?1', lost.bearer)
      lost.revoke()
      await client.end()
      assert.match(client.received.toString(), /some of it$/)
      await client.destroy()
    })

    it('as a long upload is refused, and so is what the backend thinks about for long', async () => {
      const [up, slow] = [revocable(), revocable()]
      backend.on('/file?2', () => {})
      const client = await Client.connect(gateway.port)
      const answer = client.answer('PUT')
      const came = backend.next()
      client.send(`PUT /file?2 HTTP/1.1\r\nHost: a\r\n${up.bearer}\r\nContent-Length: 1000\r\n\r\nthe beginning`)
      await came
      const other = await Client.connect(gateway.port)
      const asked = backend.next()
      const otherAnswer = other.request(requestText('GET', '/file?2', [slow.bearer]))
      await asked
      up.revoke()
      slow.revoke()
      for (const { status, message } of [await answer, await otherAnswer]) {
        assert.equal(status, 401)
        assert.match(message.field('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
      }
      const again = await other.request(requestText('GET', '/file', [revocable().bearer]))
      assert.equal(again.status, 200, 'the connection goes on')
      await Promise.all([client.destroy(), other.destroy()])
    })

    it('over HTTP/2 has its stream reset, and no other', async () => {
      const [lost, kept] = [revocable(), revocable()]
      const requests: BackendRequest[] = []
      backend.on('/events?2', (request) => {
        requests.push(request)
        request.write(events)
      })
      const client = await Http2LibraryClient.connect(gateway.port)
      const open = async ({ text }: { readonly text: string }): Promise<ClientHttp2Stream> => {
        const stream = client.begin('GET', '/events?2', { authorization: `Bearer ${text}` })
        await once(stream, 'data')
        return stream
      }
      const [ended, stays] = [await open(lost), await open(kept)]
      const answer = answerOf(ended)
      lost.revoke()
      assert.equal((await answer).code, 2)
      requests[1]!.write(`${nextEvent}0\r\n\r\n`)
      assert.equal((await answerOf(stays)).code, 0)
      await client.close()
    })

    it('as a gRPC call ends with UNAUTHENTICATED', async () => {
      const lost = revocable()
      const client = grpcClient()
      const { path, requestSerialize, responseDeserialize } = service.Chat!
      const call = client.makeBidiStreamRequest<Order, Order>(path, requestSerialize, responseDeserialize, carrying(lost.text))
      const status = statusOf(call)
      call.write(order)
      await once(call, 'data')
      call.resume()
      lost.revoke()
      assert.equal(await status, grpc.status.UNAUTHENTICATED)
      client.close()
    })

    it('is cut where its token expires, if it is a stream, and is finished if it is not', async () => {
      const token = one.token({ exp: Math.floor(Date.now() / 1000) + 4 })
      const bearer = `Authorization: Bearer ${token}`
      const client = grpcClient()
      const { path, requestSerialize, responseDeserialize } = service.Add!
      // No answer begins before the last message.
      const messages = client.makeClientStreamRequest<Order, Order>(path, requestSerialize, responseDeserialize, carrying(token), () => {})
      const status = statusOf(messages)
      messages.write(order)
      answering('/events?3', events)
      const downloads: BackendRequest[] = []
      backend.on('/file?3', (request) => {
        downloads.push(request)
        request.write('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nfirst,')
      })
      const [stream, download] = await Promise.all([begun('GET', '/events?3', bearer), begun('GET', '/file?3', bearer)])
      await stream.end()
      const line = await gateway.log.find(({ operation, reason }) => operation === 'events' && reason === 'token-expired')
      assert.equal(line.refusal, 'credential-expired')
      assert.equal(await status, grpc.status.UNAUTHENTICATED)
      client.close()
      downloads[0]!.write('second')
      await download.until((bytes) => bytes.toString().endsWith('\r\n\r\nfirst,second'))
      await Promise.all([stream.destroy(), download.destroy()])
    })
  })
}
