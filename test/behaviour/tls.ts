/** TLS for clients, and their certificates. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:https'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { ConnectionOptions } from 'node:tls'
import { Authority, tlsSettings } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import { ask, Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { askSecurely, secureClient, secureSocket } from '../wire/secure-client.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

export function tls(start: Start, threads: number): void {
  describe('TLS', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const servers = new Authority('Servers')
    const clients = new Authority('Clients')
    const alice = clients.issue('alice', { purpose: 'client' })
    const stranger = new Authority('Clients').issue('alice')
    const expired = clients.issue('alice', { notAfter: new Date(Date.now() - 60_000) })
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway
    let port = 0

    before(async () => {
      prepared = new ProjectFolder({ 'keys/one.jwks.json': one.keySet, 'keys/clients-ca.pem': clients.pem }, 'tls-project')
      backend = await Backend.start()
      gateway = await start(prepared, {
        BACKEND_URL: backend.url,
        POSTERN_HTTPS_PORT: '0',
        ...tlsSettings(
          prepared.folder,
          servers.issue('first', { names: ['localhost'] }),
          servers.issue('second', { names: ['*.example.com'] }),
        ),
      })
      port = Number((await gateway.log.find(({ event }) => event === 'listening')).https)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    async function status(path: string, fields: readonly string[], options: ConnectionOptions = {}): Promise<number> {
      return (await askSecurely(port, requestText('GET', path, fields), options)).status
    }

    test('a client that verifies what it sees is served', async () => {
      const answer = await new Promise<number | undefined>((resolve, reject) => {
        const options = { port, host: '127.0.0.1', servername: 'a.example.com', ca: servers.pem, path: '/secure/open', agent: false }
        request(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end()
      })
      assert.equal(answer, 200)
    })

    test('each name has its certificate', async () => {
      for (const [servername, subject] of Object.entries({ localhost: 'first', 'b.example.com': 'second', 'other.example.net': 'first' })) {
        const socket = await secureSocket(port, { servername })
        assert.equal(socket.getPeerCertificate().subject.CN, subject)
        socket.destroy()
      }
    })

    test('an API that is reached over https only refuses plain requests', async () => {
      const { status: plain, message } = await ask(gateway.port, requestText('GET', '/secure/open'))
      assert.equal(plain, 403)
      assert.match(message.text, /"urn:postern:refusal:wrong-transport"/)
      assert.equal(await status('/secure/open', []), 200)
    })

    test('a certificate alone', async () => {
      assert.equal(await status('/secure/certificate', [], alice), 200)
      assert.equal(await status('/secure/certificate', []), 401)
      assert.equal(await status('/secure/certificate', [], stranger), 401)
      assert.equal(await status('/secure/certificate', [], expired), 401)
      // A token is none.
      assert.equal(await status('/secure/certificate', [one.bearer({ scope: 'read' })]), 401)
    })

    test('a certificate and a token', async () => {
      assert.equal(await status('/secure/both', [one.bearer({ scope: 'read' })], alice), 200)
      assert.equal(await status('/secure/both', [one.bearer()], alice), 403)
      assert.equal(await status('/secure/both', [], alice), 401)
      assert.equal(await status('/secure/both', [one.bearer({ scope: 'read' })]), 401)
      assert.equal(await status('/secure/both', [one.bearer({ scope: 'read' })], stranger), 401)
    })

    test('a certificate or a token; what is sent must be good', async () => {
      assert.equal(await status('/secure/either', [], alice), 200)
      assert.equal(await status('/secure/either', [one.bearer({ scope: 'read' })]), 200)
      assert.equal(await status('/secure/either', [one.bearer()], alice), 200)
      assert.equal(await status('/secure/either', [one.bearer()]), 403)
      assert.equal(await status('/secure/either', []), 401)
      assert.equal(await status('/secure/either', [one.bearer({ scope: 'read' })], stranger), 401)
      assert.equal(await status('/secure/either', ['Authorization: Bearer a.b.c'], alice), 401)
    })

    test('a token that needs a certificate, or more scopes in place of it', async () => {
      assert.equal(await status('/secure/mixed', [one.bearer()], alice), 200)
      assert.equal(await status('/secure/mixed', [one.bearer({ scope: 'read' })]), 200)
      assert.equal(await status('/secure/mixed', [one.bearer()]), 401)
      assert.equal(await status('/secure/mixed', [], alice), 401)
    })

    test('a certificate that is mandatory for the whole API', async () => {
      assert.equal(await status('/strict/open', [], alice), 200)
      assert.equal(await status('/strict/open', []), 401)
      assert.equal(await status('/strict/token', [one.bearer()], alice), 200)
      assert.equal(await status('/strict/token', [], alice), 401)
      assert.equal(await status('/strict/token', [one.bearer()]), 401)
      assert.equal((await ask(gateway.port, requestText('GET', '/strict/open'))).status, 401)
    })

    test('a certificate that is optional for the whole API', async () => {
      assert.equal(await status('/lenient/open', []), 200)
      assert.equal(await status('/lenient/open', [], alice), 200)
      assert.equal(await status('/lenient/open', [], stranger), 401)
      assert.equal(await status('/lenient/token', [], alice), 401)
      assert.equal((await ask(gateway.port, requestText('GET', '/lenient/open'))).status, 200)
    })

    test('a proxy in front hands the certificate on, and is believed where it is trusted', async () => {
      const field = `X-WSO2-CLIENT-CERTIFICATE: ${alice.cert.replace(/-----[A-Z ]+-----|\s/g, '')}`
      const behind = async (localAddress: string, path: string, fields: readonly string[]): Promise<number> => {
        const client = Client.over(connect({ port: gateway.port, host: '127.0.0.1', localAddress }))
        const { status: answered } = await client.request(requestText('GET', path, fields))
        await client.destroy()
        return answered
      }
      assert.equal(await behind('127.0.0.2', '/secure/certificate', [field, 'X-Forwarded-Proto: https']), 200)
      assert.equal(await behind('127.0.0.2', '/secure/certificate', [field]), 403)
      assert.equal(await behind('127.0.0.2', '/strict/open', [field]), 200)
      assert.equal(await behind('127.0.0.2', '/strict/open', []), 401)
      assert.equal(await behind('127.0.0.1', '/strict/open', [field]), 401)
      assert.equal(backend.requests.at(-1)?.field('x-wso2-client-certificate'), undefined)
    })

    test('a session is resumed by every thread', async () => {
      const options = { ALPNProtocols: ['http/1.1'] }
      const first = await secureSocket(port, options)
      const [session] = (await once(first, 'session')) as [Buffer]
      first.destroy()
      // The system chooses the thread for each connection.
      for (const served = new Set<unknown>(); served.size < threads; ) {
        const socket = await secureSocket(port, { ...options, session })
        assert.equal(socket.isSessionReused(), true)
        const client = Client.over(socket)
        const { message } = await client.request(requestText('GET', '/secure/open'))
        const { worker } = await gateway.log.find(({ requestId }) => requestId === message.field('x-request-id'))
        served.add(worker)
        await client.destroy()
      }
    })

    test('refusals of a certificate say why in the log, and are counted', async () => {
      gateway.log.forget()
      await status('/strict/open', [], stranger)
      const line = await gateway.log.find(({ event, reason }) => event === 'access' && reason === 'certificate-untrusted')
      assert.equal(line.refusal, 'certificate-invalid')
      const metrics = await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)
      const text = await metrics.text()
      assert.match(text, /^postern_auth_failures_total\{reason="certificate-untrusted"\} [1-9]/m)
      assert.match(text, /^postern_tls_certificate_expiry_timestamp_seconds\{certificate="1",subject="CN=second"\} [1-9]/m)
    })

    // The last: it changes the files.
    test('renewed certificates are taken over while a connection goes on', async () => {
      const client = await secureClient(port)
      assert.equal((await client.request(requestText('GET', '/secure/open'))).status, 200)
      tlsSettings(
        prepared.folder,
        servers.issue('first renewed', { names: ['localhost'] }),
        servers.issue('second', { names: ['*.example.com'] }),
      )
      // Each thread looks for itself.
      for (let thread = 0; thread < threads; thread++) {
        await gateway.log.find(
          ({ event, subject, worker }) =>
            event === 'certificate-reloaded' && subject === 'CN=first renewed' && (threads === 1 || worker === thread),
        )
      }
      // Another thread may look at the files a little later.
      for (let shown = ''; shown !== 'first renewed'; ) {
        const socket = await secureSocket(port)
        shown = String(socket.getPeerCertificate().subject.CN)
        socket.destroy()
      }
      assert.equal((await client.request(requestText('GET', '/secure/open'))).status, 200)
      await client.destroy()
    })
  })
}
