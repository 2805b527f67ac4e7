/** https and HTTP/2 backends, with servers of Node's own behind the gateway. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp2Server, createSecureServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { TestAuthority } from '../wire/certificates.ts'
import { type Answer, ask, Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { PreparedProject } from './prepared-project.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const backends = ['Trusted', 'Named', 'Client', 'Clear', 'Secure', 'Downgraded', 'Untrusted'] as const

/** Each API is one path, `/<name>`, and one backend. */
function definition(name: string): string {
  const operation = '{ responses: { default: { description: An answer } } }'
  return `openapi: 3.1.0\ninfo: { title: ${name}, version: 1.0.0 }\npaths: { /thing: { get: ${operation}, post: ${operation}, head: ${operation} } }\n`
}

const project = `name: protocols
version: 1.0.0
apis:
  - { definition: trusted.yaml, basePath: /trusted, security: public, backend: { url: "\${HTTPS_URL}/v2", authorities: [keys/ca.pem] } }
  - { definition: named.yaml, basePath: /named, security: public, backend: { url: "\${NAMED_URL}", authorities: [keys/ca.pem], serverName: api.internal } }
  - { definition: client.yaml, basePath: /client, security: public, backend: { url: "\${CLIENT_URL}", authorities: [keys/ca.pem], certificate: "\${CERT_FILE}", key: "\${KEY_FILE}" } }
  - { definition: clear.yaml, basePath: /clear, security: public, backend: { url: "\${CLEAR_URL}", http: 2 } }
  - { definition: secure.yaml, basePath: /secure, security: public, backend: { url: "\${SECURE_URL}", http: 2, authorities: [keys/ca.pem] } }
  - { definition: downgraded.yaml, basePath: /downgraded, security: public, backend: { url: "\${HTTPS_URL}", http: 2, authorities: [keys/ca.pem] } }
  - { definition: untrusted.yaml, basePath: /untrusted, security: public, backend: "\${HTTPS_URL}" }
listen: { http: 0, admin: 0 }
`

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

export function backendProtocols(start: Start): void {
  describe('https and http2 backends', () => {
    const authority = new TestAuthority('backend CA')
    const clients = new TestAuthority('client CA')
    const servers: Server[] = []
    let gateway: RunningGateway
    let prepared: PreparedProject
    /** What the HTTP/2 backends do; by default they say what they were asked. */
    let handler: (stream: ServerHttp2Stream, raw: readonly string[]) => unknown = () => {}
    let http2: Http2Server

    const speak = (server: Http2Server): Http2Server =>
      server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, raw: readonly string[]) => {
        stream.on('error', () => {})
        handler(stream, raw)
      })

    before(async () => {
      prepared = new PreparedProject()
      prepared.write({ 'postern.yaml': project, 'keys/ca.pem': authority.certificate })
      for (const name of backends) prepared.write({ [`${name.toLowerCase()}.yaml`]: definition(name) })
      const identity = authority.identity(['127.0.0.1'])
      const own = clients.identity(['gateway'])
      const files = new ProjectFolder({ 'cert.pem': own.certificate, 'key.pem': own.key })
      const pair = { cert: identity.certificate, key: identity.key }
      const echo = createHttpsServer(pair, (request, response) => response.end(`${request.method} ${request.url}`))
      const named = authority.identity(['api.internal'])
      const byName = createHttpsServer({ cert: named.certificate, key: named.key }, (request, response) =>
        response.end(String((request.socket as TLSSocket).servername)),
      )
      const asking = { ...pair, ca: clients.certificate, requestCert: true, rejectUnauthorized: true }
      const mutual = createHttpsServer(asking, (request, response) =>
        response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN)),
      )
      http2 = speak(createHttp2Server())
      const secure = speak(createSecureServer(pair) as unknown as Http2Server)
      servers.push(echo, byName, mutual, http2, secure as unknown as Server)
      const [https, name, client, clear, safe] = await Promise.all(servers.map(listening))
      gateway = await start(prepared, {
        HTTPS_URL: `https://${https}`,
        NAMED_URL: `https://${name}`,
        CLIENT_URL: `https://${client}`,
        CLEAR_URL: `http://${clear}`,
        SECURE_URL: `https://${safe}`,
        CERT_FILE: join(files.folder, 'cert.pem'),
        KEY_FILE: join(files.folder, 'key.pem'),
      })
      files.remove()
    })
    after(async () => {
      await gateway.stop()
      for (const server of servers) server.close()
      prepared?.remove()
    })

    const asked = (method: string, target: string, fields: readonly string[] = [], body = ''): Promise<Answer> =>
      ask(gateway.port, requestText(method, target, fields, body))

    it('https, trusted by the project’s own authority', async () => {
      const answer = await asked('GET', '/trusted/thing?a=b')
      assert.deepEqual([answer.status, answer.message.text], [200, 'GET /v2/thing?a=b'])
    })

    it('https that nobody vouches for is refused, with a reason for the log and the metrics', async () => {
      assert.equal((await asked('GET', '/untrusted/thing')).status, 502)
      const line = await gateway.log.find(({ target, reason }) => target !== null && reason === 'certificate-untrusted')
      assert.equal(line.refusal, 'connect-failed')
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(metrics, /postern_upstream_errors_total\{upstream="\d+",reason="certificate-untrusted"\} 1/)
    })

    it('the name that is asked for can be another one than the address’s', async () => {
      assert.equal((await asked('GET', '/named/thing')).message.text, 'api.internal')
    })

    it('the gateway shows a certificate of its own, from files that settings name', async () => {
      assert.equal((await asked('GET', '/client/thing')).message.text, 'gateway')
    })

    for (const path of ['/clear/thing', '/secure/thing']) {
      it(`HTTP/2: ${path}`, async () => {
        handler = async (stream, raw) => {
          const chunks: Buffer[] = []
          for await (const chunk of stream) chunks.push(chunk as Buffer)
          stream.respond({ ':status': 201, 'x-kind': ['a', 'b'] })
          stream.end(JSON.stringify([raw, Buffer.concat(chunks).toString()]))
        }
        const answer = await asked('POST', path, ['X-Test: 1', 'Connection: x-hop', 'X-Hop: 1', 'TE: trailers'], 'body')
        assert.equal(answer.status, 201)
        assert.deepEqual(answer.message.values('x-kind'), ['a', 'b'])
        const [raw, body] = JSON.parse(answer.message.text) as [string[], string]
        assert.equal(body, 'body')
        const value = (name: string): string | undefined => (raw.includes(name) ? raw[raw.indexOf(name) + 1] : undefined)
        assert.deepEqual([':method', ':path', ':scheme', 'x-test', 'x-hop', 'te', 'connection', 'host', 'content-length'].map(value), [
          'POST',
          '/thing',
          path === '/secure/thing' ? 'https' : 'http',
          '1',
          undefined,
          undefined,
          undefined,
          undefined,
          '4',
        ])
        assert.match(value('x-request-id') ?? '', /./)
      })
    }

    it('HTTP/2 is never given up for HTTP/1.1', async () => {
      assert.equal((await asked('GET', '/downgraded/thing')).status, 502)
      await gateway.log.find(({ reason }) => reason === 'no-http2')
    })

    it('large bodies both ways', async () => {
      handler = (stream) => {
        stream.respond()
        stream.pipe(stream)
      }
      const body = 'x'.repeat(3 * 1024 * 1024)
      const answer = await asked('POST', '/clear/thing', [], body)
      assert.ok(answer.message.text === body)
    })

    it('HEAD, and an answer without content', async () => {
      handler = (stream) => stream.respond({ 'content-length': 9 }, { endStream: true })
      const head = await asked('HEAD', '/clear/thing')
      assert.deepEqual([head.status, head.message.field('content-length')], [200, '9'])
      handler = (stream) => stream.respond({ ':status': 204 }, { endStream: true })
      assert.equal((await asked('GET', '/clear/thing')).status, 204)
    })

    it('a refused stream is tried once more, where that is safe', async () => {
      let count = 0
      handler = (stream) => {
        if (++count === 1) stream.close(7)
        else stream.respond({}, { endStream: true })
      }
      assert.equal((await asked('GET', '/clear/thing')).status, 200)
      assert.equal(count, 2)
    })

    it('a client that goes away has its stream reset', async () => {
      const closed = Promise.withResolvers<number>()
      const client = await Client.connect(gateway.port)
      handler = (stream) => {
        stream.once('close', () => closed.resolve(stream.rstCode))
        client.destroy()
      }
      client.send(requestText('GET', '/clear/thing'))
      assert.equal(await closed.promise, 8)
    })
  })
}
