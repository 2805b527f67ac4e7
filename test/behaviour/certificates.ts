/** Client certificates as identity: whose they are, and where that one may go. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Authority, type Issued, tlsSettings } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import { Client } from '../wire/client.ts'
import { Http2LibraryClient } from '../wire/http2-library-client.ts'
import { describeWithOpenssl, OpensslAuthority } from '../wire/openssl.ts'
import { requestText } from '../wire/request-text.ts'
import { askSecurely, secureSocket } from '../wire/secure-client.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

export function certificates(start: Start): void {
  describe('client certificates as identity', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const server = new Authority('Servers').issue('server', { names: ['localhost'] })
    const key = 'X-API-Key: k-plain'
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway
    let port = 0
    let known: Readonly<
      Record<'pinned' | 'acme' | 'almost' | 'workload' | 'host' | 'mail' | 'nobody' | 'partner' | 'deep' | 'lost' | 'chained', Issued>
    >

    before(async () => {
      prepared = new ProjectFolder({ 'users.yaml': 'users: []\n', 'keys/one.jwks.json': one.keySet }, 'certificates-project')
      mkdirSync(join(prepared.folder, 'openssl'))
      const clients = new OpensslAuthority(join(prepared.folder, 'openssl'), 'clients')
      const partners = new OpensslAuthority(join(prepared.folder, 'openssl'), 'partners')
      const between = partners.between('partners-between')
      const unknown = partners.between('unknown-between')
      const chained = unknown.issue('/CN=chained')
      known = {
        pinned: clients.issue('/CN=pinned'),
        acme: clients.issue('/C=DE/O=Ac\\+me/CN=acme, Inc. "A"'),
        almost: clients.issue('/C=DE/O=Ac\\+me/CN=acme, Inc. "B"'),
        workload: clients.issue('/CN=workload', ['URI:spiffe://example.com/orders']),
        host: clients.issue('/CN=host', ['DNS:other.example.com', 'DNS:Client.Example.com']),
        mail: clients.issue('/CN=mail', ['email:orders@example.com']),
        nobody: clients.issue('/CN=DNS:client.example.com', ['DNS:client.example.com.evil.test', 'URI:spiffe://example.com/orders/x']),
        partner: partners.issue('/C=DE/O=Ac\\+me/CN=acme, Inc. "A"'),
        deep: between.issue('/CN=deep'),
        lost: unknown.issue('/CN=lost'),
        chained: { ...chained, cert: chained.cert + unknown.pem },
      }
      const [, thumbprint = ''] = describeWithOpenssl(known.pinned.cert, '-fingerprint', '-sha256').split('=')
      const postern = join(prepared.folder, 'postern.yaml')
      writeFileSync(postern, readFileSync(postern, 'utf8').replace('THUMBPRINT', thumbprint))
      const digest = createHash('sha256').update('k-plain').digest('hex')
      prepared.write({
        'keys/clients.pem': clients.pem,
        'keys/partners.pem': partners.pem,
        'keys/partners-between.pem': between.pem,
        'api-keys.yaml': `keys: [{ id: plain, digest: "sha256:${digest}" }]\n`,
      })
      backend = await Backend.start()
      const settings = { BACKEND_URL: backend.url, POSTERN_HTTPS_PORT: '0', ...tlsSettings(prepared.folder, server) }
      gateway = await start(prepared, settings)
      port = Number((await gateway.log.find(({ event }) => event === 'listening')).https)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    async function status(path: string, certificate: Issued | null, ...fields: readonly string[]): Promise<number> {
      return (await askSecurely(port, requestText('GET', path, fields), certificate ?? {})).status
    }

    test('a pinned certificate, a subject, and names', async () => {
      assert.equal(await status('/orders/pinned', known.pinned), 200)
      assert.equal(await status('/orders/pinned', known.acme), 403)
      assert.equal(await status('/orders/acme', known.acme), 200)
      assert.equal(await status('/orders/acme', known.almost), 403)
      for (const name of ['workload', 'host', 'mail'] as const) assert.equal(await status('/orders/names', known[name]), 200, name)
      for (const name of ['nobody', 'pinned', 'partner'] as const) assert.equal(await status('/orders/names', known[name]), 403, name)
      assert.equal(await status('/orders/acme', null), 401)
    })

    test('an authority of one API vouches for no other', async () => {
      assert.equal(await status('/partners/any', known.partner), 200)
      assert.equal(await status('/partners/any', known.deep), 200)
      assert.equal(await status('/partners/any', known.acme), 403)
      assert.equal(await status('/orders/any', known.acme), 200)
      assert.equal(await status('/orders/any', known.nobody), 200)
      // Where no holder is named, those of the whole gateway count; and a name counts only with its authority.
      assert.equal(await status('/orders/any', known.partner), 403)
      assert.equal(await status('/orders/acme', known.partner), 403)
      assert.equal(await status('/orders/partner-or-acme', known.partner), 200)
      assert.equal(await status('/orders/partner-or-acme', known.acme), 200)
      assert.equal(await status('/orders/partner-or-acme', known.pinned), 403)
      // An authority between must be baked, whatever the client sends of the chain.
      assert.equal(await status('/partners/any', known.lost), 401)
      assert.equal(await status('/partners/any', known.chained), 403)
      assert.equal(await status('/orders/any', known.chained), 403)
    })

    test('it makes no difference that a session is resumed or HTTP/2 is spoken', async () => {
      const options = { ALPNProtocols: ['http/1.1'], ...known.deep }
      const first = await secureSocket(port, options)
      const [session] = (await once(first, 'session')) as [Buffer]
      first.destroy()
      const socket = await secureSocket(port, { ...options, session })
      assert.equal(socket.isSessionReused(), true)
      const client = Client.over(socket)
      assert.equal((await client.request(requestText('GET', '/partners/any'))).status, 200)
      assert.equal((await client.request(requestText('GET', '/orders/any'))).status, 403)
      await client.destroy()
      const http2 = await Http2LibraryClient.connectSecurely(port, known.partner)
      assert.equal((await http2.ask('GET', '/partners/any')).status, 200)
      assert.equal((await http2.ask('GET', '/orders/any')).status, 403)
      await http2.close()
    })

    test('a certificate from a trusted proxy counts the same', async () => {
      const behind = async (path: string, { cert }: Issued): Promise<number> => {
        const client = Client.over(connect({ port: gateway.port, host: '127.0.0.1', localAddress: '127.0.0.2' }))
        const field = `X-Client-Certificate: :${new X509Certificate(cert).raw.toString('base64')}:`
        const answer = await client.request(requestText('GET', path, [field]))
        await client.destroy()
        return answer.status
      }
      assert.equal(await behind('/orders/acme', known.acme), 200)
      assert.equal(await behind('/orders/acme', known.almost), 403)
      assert.equal(await behind('/orders/any', known.partner), 403)
      assert.equal(await behind('/partners/any', known.deep), 200)
      assert.equal(await behind('/partners/any', known.lost), 401)
    })

    test('with an API key beside it, or a token in its place', async () => {
      assert.equal(await status('/orders/with-key', known.acme, key), 200)
      assert.equal(await status('/orders/with-key', known.acme), 401)
      assert.equal(await status('/orders/with-key', known.pinned, key), 403)
      assert.equal(await status('/orders/or-token', known.acme), 200)
      assert.equal(await status('/orders/or-token', null, one.bearer()), 200)
      // What is sent must be good here, also beside a good token.
      assert.equal(await status('/orders/or-token', known.pinned, one.bearer()), 403)
    })

    test('WSO2’s application security beside a mandatory certificate', async () => {
      const wso2Key = 'apikey: k-plain'
      assert.equal(await status('/classic/perhaps', known.acme), 200)
      assert.equal(await status('/classic/perhaps', known.acme, wso2Key), 200)
      assert.equal(await status('/classic/perhaps', known.acme, 'apikey: wrong'), 401)
      assert.equal(await status('/classic/perhaps', known.acme, 'Authorization: Bearer a.b.c'), 401)
      assert.equal(await status('/classic/perhaps', null, one.bearer()), 401)
      assert.equal(await status('/classic/needed', known.acme), 401)
      assert.equal(await status('/classic/needed', known.acme, wso2Key), 200)
      assert.equal(await status('/classic/needed?apikey=k-plain', known.acme), 200)
      assert.equal(await status('/classic/needed', known.acme, one.bearer()), 200)
      assert.equal(await status('/classic/needed', null, wso2Key), 401)
    })

    test('the holder is the consumer, and a refusal is told and counted', async () => {
      const line = (message: { field(name: string): string | undefined }): Promise<Readonly<Record<string, unknown>>> =>
        gateway.log.find(({ event, requestId }) => event === 'access' && requestId === message.field('x-request-id'))
      const good = await askSecurely(port, requestText('GET', '/orders/acme'), known.acme)
      assert.equal((await line(good.message)).consumer, 'consumer:acme-corp')
      const { status: refused, message } = await askSecurely(port, requestText('GET', '/orders/acme'), known.pinned)
      assert.deepEqual([refused, message.field('www-authenticate')], [403, undefined])
      assert.match(message.text, /"urn:postern:refusal:credential-not-allowed"/)
      assert.equal((await line(message)).reason, 'certificate-not-accepted')
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(metrics, /^postern_auth_failures_total\{reason="certificate-not-accepted"\} [1-9]/m)
    })
  })
}
