/** How the gateway makes itself known to backends of HTTP/1.1 and HTTP/2, and that clients see nothing of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Backend, type Seen, seen } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { DigestGuard } from '../wire/digest-guard.ts'
import { Http2LibraryClient } from '../wire/http2-library-client.ts'
import { requestText } from '../wire/request-text.ts'
import { TokenEndpoint } from '../wire/token-endpoint.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const credentials: Readonly<Record<string, string>> = {
  basic: 'basic: { user: gateway, password: "${BASIC_PASSWORD}" }',
  digest: 'digest: { user: "${DIGEST_USER}", password: "${DIGEST_PASSWORD}" }',
  key: 'apiKey: { header: X-Backend-Key, key: "${BACKEND_KEY}" }',
  query: 'apiKey: { query: key, key: "${BACKEND_KEY}" }',
  token: 'clientCredentials: { url: "${TOKEN_URL}", clientId: gateway, clientSecret: "${CLIENT_SECRET}", scopes: [all] }',
}
const secrets = {
  BASIC_PASSWORD: 'basic-secret',
  DIGEST_PASSWORD: 'digest-secret',
  BACKEND_KEY: 'key-secret',
  CLIENT_SECRET: 'client-secret',
}

function definition(title: string): string {
  const operation = '{ responses: { default: { description: An answer } } }'
  return `openapi: 3.1.0\ninfo: { title: ${title}, version: 1.0.0 }\npaths: { /thing: { get: ${operation}, post: ${operation} } }\n`
}

function entry(name: string, url: string, credential: string, more = ''): string {
  return `  - { definition: ${name}.yaml, basePath: /${name}, security: public, backend: { url: "\${${url}}"${more}, credential: { ${credential} } } }\n`
}

const apis = [
  ...Object.entries(credentials).map(([name, credential]) => entry(name, name === 'digest' ? 'DIGEST_URL' : 'BACKEND_URL', credential)),
  entry('two', 'HTTP2_URL', credentials.digest!, ', http: 2'),
]

/** With several `threads`, each learns for itself what a backend asks for. */
export function backendCredentials(start: Start, threads: number): void {
  describe('credentials towards backends', () => {
    let prepared: ProjectFolder
    const guard = new DigestGuard({ user: 'gateway', password: secrets.DIGEST_PASSWORD })
    /** What the HTTP/2 backend was sent: method, whether with a credential, and the length of the body. */
    const overHttp2: string[] = []
    let backend: Backend
    let guarded: Backend
    let tokens: TokenEndpoint
    let http2: Http2Server
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({
        'postern.yaml': `name: known\nversion: 1.0.0\napis:\n${apis.join('')}listen: { http: 0, admin: 0 }\n`,
        ...Object.fromEntries([...Object.keys(credentials), 'two'].map((name) => [`${name}.yaml`, definition(name)])),
      })
      backend = await Backend.start()
      guarded = await Backend.start()
      guarded.handler = guard.handler
      tokens = await TokenEndpoint.start()
      http2 = askingForDigest(overHttp2)
      http2.listen(0, '127.0.0.1')
      await once(http2, 'listening')
      const urls = { BACKEND_URL: backend.url, DIGEST_URL: guarded.url, TOKEN_URL: tokens.url }
      const secondUrl = `http://127.0.0.1:${(http2.address() as AddressInfo).port}`
      gateway = await start(prepared, { ...urls, HTTP2_URL: secondUrl, DIGEST_USER: 'gateway', ...secrets })
    })
    after(async () => {
      await gateway.stop()
      await Promise.all([backend.stop(), guarded.stop(), tokens.stop()])
      http2.close()
      prepared?.remove()
    })

    const own = ['Authorization: Bearer of-the-client', 'X-Backend-Key: of-the-client']

    function asked(method: string, target: string, body = ''): Promise<Answer> {
      return ask(gateway.port, requestText(method, target, own, body))
    }

    function sent({ fields }: Seen): readonly string[] {
      return fields.flatMap(([name, value]) => (/^(authorization|x-backend-key)$/i.test(name) ? [value] : []))
    }

    it('constant ones', async () => {
      const basic = `Basic ${Buffer.from(`gateway:${secrets.BASIC_PASSWORD}`).toString('base64')}`
      assert.deepEqual(sent(seen(await asked('GET', '/basic/thing'))), [basic])
      assert.deepEqual(sent(seen(await asked('GET', '/key/thing'))), ['key-secret'])
      const query = seen(await asked('GET', '/query/thing?a=1&KEY=mine'))
      assert.deepEqual([query.target, sent(query)], ['/thing?a=1&key=key-secret', []])
    })

    it('a key in the query does not come back', async () => {
      backend.on('/thing?a=2&key=key-secret', (request) => request.respond('', [`Location: ${request.target}`], '302 Found'))
      assert.equal((await asked('GET', '/query/thing?a=2')).message.field('location'), '/thing?a=2')
    })

    it('Digest: known backends cost one request', async () => {
      for (let count = 0; count < 4 * threads; count++) assert.equal((await asked('GET', '/digest/thing')).status, 200)
      const body = 'b'.repeat(300_000)
      assert.equal(seen(await asked('POST', '/digest/thing', body)).body.length, body.length)
      assert.ok(guard.verdicts.filter((verdict) => verdict === 'challenged').length <= threads)
      assert.equal(guard.verdicts.filter((verdict) => verdict === 'right').length, 4 * threads + 1)
      guard.expire()
      for (let count = 0; count < 4 * threads; count++) assert.equal((await asked('POST', '/digest/thing', 'body')).status, 200)
      assert.ok(guard.verdicts.filter((verdict) => verdict === 'stale').length <= threads)
    })

    it('Digest of an HTTP/2 backend, for clients of both versions', async () => {
      const large = 'c'.repeat(200_000)
      assert.equal((await asked('POST', '/two/thing', large)).status, 200)
      const client = await Http2LibraryClient.connect(gateway.port)
      const { status, body } = await client.ask('POST', '/two/thing', {}, large)
      assert.deepEqual([status, body.toString()], [200, 'done'])
      await client.close()
      assert.equal(overHttp2.filter((line) => line === 'POST with 200000').length, 2)
    })

    it('tokens', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => asked('GET', '/token/thing')))
      for (const answer of answers) assert.match(sent(seen(answer)).join(), /^Bearer token-\d+$/)
      assert.ok(tokens.asked.length <= threads)
    })

    it('what protects the way is told, and no secret', async () => {
      const page = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.adminPort}${path}`)).text()
      const manifest = await page('/manifest')
      assert.match(manifest, /"password": "\$\{DIGEST_PASSWORD\}"/)
      const told = manifest + (await page('/metrics')) + JSON.stringify(gateway.log.lines)
      for (const secret of Object.values(secrets)) assert.ok(!told.includes(secret), secret)
      assert.match(told, /postern_backend_credentials_total\{upstream="\d+",event="fetched"\}/)
    })
  })
}

/** Asks whoever sends no credential for one, and takes any. */
function askingForDigest(seenRequests: string[]): Http2Server {
  return createServer().on('stream', async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => {})
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part)
    const known = String(headers.authorization ?? '').startsWith('Digest username="gateway"')
    seenRequests.push(`${headers[':method']} ${known ? 'with' : 'without'} ${Buffer.concat(parts).length}`)
    if (!known) {
      stream.respond({ ':status': 401, 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256' })
      return void stream.end('no')
    }
    stream.respond({ ':status': 200 })
    stream.end('done')
  })
}
