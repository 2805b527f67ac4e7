/** https backends: real TLS servers, with certificates that are right and wrong. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import type { Backend } from '../../../../src/gateway/upstream/backend.ts'
import { parseBackendOrigin } from '../../../../src/gateway/upstream/backend-origin.ts'
import type { TlsDialOptions } from '../../../../src/gateway/upstream/dial.ts'
import { tlsCapability } from '../../../../src/gateway/upstream/tls.ts'
import { Upstream } from '../../../../src/gateway/upstream/upstream.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { type Identity, TestAuthority } from '../../../wire/certificates.ts'
import { limits, poolTo } from './http2-peer.ts'
import { RecordedExchange } from './recorded-exchange.ts'

const authority = new TestAuthority('backend CA')
const clients = new TestAuthority('client CA')
const dialTo = await tlsCapability()

const options: TlsDialOptions = {
  authorities: [authority.certificate],
  clientCertificate: null,
  serverName: null,
  protocol: 'http/1.1',
  lookup: undefined,
  warn: () => {},
}

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Answers everything, and says what it was told of the client. */
async function serve(t: TestContext, identity: Identity, changes: TlsOptions = {}): Promise<number> {
  const server = createServer(
    { cert: identity.certificate, key: identity.key, ALPNProtocols: ['http/1.1'], ...changes },
    (socket: TLSSocket) => {
      socket.on('error', () => {})
      socket.on('data', () => {
        const seen = JSON.stringify([socket.servername || null, socket.getPeerCertificate().subject?.CN ?? null, socket.isSessionReused()])
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${seen.length}\r\n\r\n${seen}`)
      })
    },
  )
  server.on('tlsClientError', () => {})
  return listening(t, server)
}

function backendAt(t: TestContext, port: number, changes: Partial<TlsDialOptions> = {}, host = '127.0.0.1'): Backend {
  const origin = parseBackendOrigin(`https://${host}:${port}`)!
  const backend = new Upstream(0, origin, dialTo({ ...options, ...changes }), limits, new CoarseClock(0))
  t.after(() => backend.close())
  return backend
}

async function answerOf(backend: Backend): Promise<readonly unknown[]> {
  const exchange = RecordedExchange.on(backend)
  await exchange.done
  return JSON.parse(exchange.body) as readonly unknown[]
}

/** Reason of the failure. */
async function reasonOf(backend: Backend): Promise<string> {
  const { kind, reason } = await RecordedExchange.on(backend).failed
  return `${kind} ${reason}`
}

test('a certificate of the authority, for the address that is asked for', async (t) => {
  const port = await serve(t, authority.identity(['127.0.0.1']))
  assert.deepEqual(await answerOf(backendAt(t, port)), [null, null, false])
})

test('the server name is asked for and verified, whatever the address', async (t) => {
  const port = await serve(t, authority.identity(['api.internal']))
  assert.deepEqual(await answerOf(backendAt(t, port, { serverName: 'api.internal' })), ['api.internal', null, false])
  assert.equal(await reasonOf(backendAt(t, port)), 'connect-failed certificate-wrong-name')
  assert.equal(await reasonOf(backendAt(t, port, { serverName: 'other.internal' })), 'connect-failed certificate-wrong-name')
})

test('whoever is not of the authority is not believed', async (t) => {
  const port = await serve(t, new TestAuthority('another CA').identity(['127.0.0.1']))
  assert.equal(await reasonOf(backendAt(t, port)), 'connect-failed certificate-untrusted')
  assert.equal(await reasonOf(backendAt(t, port, { authorities: [] })), 'connect-failed certificate-untrusted')
})

test('a certificate out of its time', async (t) => {
  const long = new Date('2020-01-01')
  const expired = await serve(t, authority.identity(['127.0.0.1'], { notBefore: long, notAfter: new Date('2021-01-01') }))
  assert.equal(await reasonOf(backendAt(t, expired)), 'connect-failed certificate-expired')
  const early = await serve(t, authority.identity(['127.0.0.1'], { notBefore: new Date('2090-01-01'), notAfter: new Date('2091-01-01') }))
  assert.equal(await reasonOf(backendAt(t, early)), 'connect-failed certificate-not-yet-valid')
})

test('TLS before 1.2 is not spoken', async (t) => {
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  const port = await serve(t, authority.identity(['127.0.0.1']), old)
  assert.equal(await reasonOf(backendAt(t, port)), 'connect-failed handshake-failed')
})

test('what is not TLS at all', async (t) => {
  const { createServer: createPlain } = await import('node:net')
  const port = await listening(
    t,
    createPlain((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  )
  assert.equal(await reasonOf(backendAt(t, port)), 'connect-failed handshake-failed')
})

/** Writes them as new files would come: with another time each. */
let writes = 0
function writePair(folder: string, name: string, { certificate, key }: Identity): { certificate: string; key: string; settings: string } {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`), settings: 'CERT, KEY' }
  writeFileSync(files.certificate, certificate)
  writeFileSync(files.key, key)
  for (const file of [files.certificate, files.key]) utimesSync(file, 1000, 1000 + ++writes)
  return files
}

test('a backend that asks for a client certificate', async (t) => {
  const folder = temporaryFolder(t)
  const asking = { requestCert: true, rejectUnauthorized: true, ca: clients.certificate }
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const port = await serve(t, authority.identity(['127.0.0.1']), { ...asking, maxVersion })
    const right = writePair(folder, 'right', clients.identity(['gateway']))
    assert.deepEqual(await answerOf(backendAt(t, port, { clientCertificate: right })), [null, 'gateway', false])
    // TLS 1.2 has no alert of its own for a certificate that is missing.
    const missing = maxVersion === 'TLSv1.2' ? 'connect-failed handshake-failed' : 'bad-answer client-certificate-refused'
    assert.equal(await reasonOf(backendAt(t, port)), missing)
    const wrong = writePair(folder, 'wrong', authority.identity(['gateway']))
    assert.match(
      await reasonOf(backendAt(t, port, { clientCertificate: wrong })),
      /^(?:connect-failed|bad-answer) (?:client-certificate-refused|ECONNRESET|closed)$/,
    )
  }
})

test('a renewed client certificate is taken up with the next connection, and a bad one is not', async (t) => {
  const port = await serve(t, authority.identity(['127.0.0.1']), { requestCert: true, ca: clients.certificate })
  const folder = temporaryFolder(t)
  const warnings: string[] = []
  const clientCertificate = writePair(folder, 'renewed', clients.identity(['first']))
  const dial = dialTo({ ...options, clientCertificate, warn: (problem) => warnings.push(problem) })
  const seenBy = async (): Promise<unknown> => {
    const backend = new Upstream(0, parseBackendOrigin(`https://127.0.0.1:${port}`)!, dial, limits, new CoarseClock(0))
    t.after(() => backend.close())
    return (await answerOf(backend))[1]
  }
  assert.equal(await seenBy(), 'first')
  const second = clients.identity(['second'])
  writePair(folder, 'renewed', { certificate: second.certificate, key: clients.identity(['third']).key })
  assert.equal(await seenBy(), 'first')
  assert.equal(await seenBy(), 'first')
  assert.deepEqual(warnings, ['CERT, KEY: the key is not that of the certificate'])
  writePair(folder, 'renewed', second)
  assert.equal(await seenBy(), 'second')
})

test('files that cannot be used stop the start, and are not repeated', (t) => {
  const folder = temporaryFolder(t)
  const good = writePair(folder, 'good', clients.identity(['gateway']))
  const mixed = writePair(folder, 'mixed', { ...clients.identity(['a']), key: clients.identity(['b']).key })
  const noPem = writePair(folder, 'no-pem', { certificate: 'secret', key: 'secret' })
  const away = { ...good, key: join(folder, 'nowhere') }
  const cases = [
    [mixed, 'CERT, KEY: the key is not that of the certificate'],
    [noPem, 'CERT, KEY: the files do not hold a certificate and its unencrypted key as PEM'],
    [away, 'CERT, KEY: the file of the certificate or of its key cannot be read: ENOENT'],
  ] as const
  for (const [clientCertificate, message] of cases) assert.throws(() => dialTo({ ...options, clientCertificate }), { message })
})

test('the next handshake goes on from the last session', async (t) => {
  const port = await serve(t, authority.identity(['127.0.0.1']))
  const dial = dialTo(options)
  const reused: unknown[] = []
  for (let turn = 0; turn < 3; turn++) {
    const backend = new Upstream(0, parseBackendOrigin(`https://127.0.0.1:${port}`)!, dial, limits, new CoarseClock(0))
    reused.push((await answerOf(backend))[2])
    backend.close()
  }
  assert.deepEqual(reused, [false, true, true])
})

test('HTTP/2 where ALPN agrees, and nothing else', async (t) => {
  const identity = authority.identity(['127.0.0.1'])
  const server = createSecureServer({ cert: identity.certificate, key: identity.key })
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond()
    stream.end('h2')
  })
  const dial = dialTo({ ...options, protocol: 'h2' })
  const right = poolTo(`https://127.0.0.1:${await listening(t, server)}`, {}, dial)
  t.after(right.close)
  const exchange = RecordedExchange.on(right.backend)
  await exchange.done
  assert.equal(exchange.body, 'h2')
  for (const changes of [{}, { ALPNProtocols: undefined }] as const) {
    const wrong = poolTo(`https://127.0.0.1:${await serve(t, identity, { ...changes })}`, {}, dial)
    t.after(wrong.close)
    const { kind, reason } = await RecordedExchange.on(wrong.backend).failed
    assert.deepEqual([kind, reason], ['connect-failed', 'no-http2'])
  }
})
