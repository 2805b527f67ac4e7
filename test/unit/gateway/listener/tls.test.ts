/** TLS for clients: which certificate they see, what they may speak, and how the gateway's own certificates are renewed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import type { StartOptions } from '../../../../src/gateway/main.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority, type Issued, tlsSettings } from '../../../wire/authority.ts'
import { Backend } from '../../../wire/backend.ts'
import { ask, Client } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { limits, planOf, timeouts } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { askSecurely, refusedHandshake, secureClient, secureSocket } from '../../../wire/secure-client.ts'
import { TestClock } from '../../../wire/test-clock.ts'

const operations = [
  { method: 'GET', template: '/pets' },
  { method: 'POST', template: '/pets' },
] as const

const authority = new Authority()
const plain = authority.issue('plain', { names: ['localhost'] })

type Started = { readonly gateway: LocalGateway; readonly backend: Backend; readonly folder: string; readonly clock: TestClock }

async function start(t: TestContext, issued: readonly Issued[] = [plain], changes: object = {}, environment = {}): Promise<Started> {
  const folder = temporaryFolder(t)
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const clock = new TestClock()
  const options: Partial<StartOptions> = { clock, environment: { ...tlsSettings(folder, ...issued), ...environment } }
  const gateway = await LocalGateway.start(planOf([backend.url], { operations, ...changes }), options)
  t.after(() => gateway.stop())
  return { gateway, backend, folder, clock }
}

async function shown(port: number, servername: string): Promise<string> {
  const socket = await secureSocket(port, { servername })
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject.CN)
}

async function failures({ adminPort }: LocalGateway, reason: string): Promise<number> {
  const { message } = await ask(adminPort, 'GET /metrics HTTP/1.1\r\nHost: admin\r\n\r\n')
  return Number(new RegExp(`^postern_tls_handshake_failures_total\\{reason="${reason}"\\} ([0-9]+)$`, 'm').exec(message.text)?.[1])
}

test('requests over TLS are forwarded, and the backend is told', async (t) => {
  const { gateway } = await start(t)
  const { status, message } = await askSecurely(gateway.securePort, requestText('GET', '/pets'))
  assert.equal(status, 200)
  assert.match(message.text, /"X-Forwarded-Proto","https"/)
  assert.match(gateway.log.text, new RegExp(`"https":${gateway.securePort}`))
})

test('a connection serves one request after another, with bodies both ways, and what was pipelined', async (t) => {
  const { gateway, backend } = await start(t)
  backend.handler = async (request) => request.respond(await request.whole)
  const client = await secureClient(gateway.securePort)
  t.after(() => client.destroy())
  const body = 'x'.repeat(300_000)
  assert.equal((await client.request(requestText('POST', '/pets', [], body))).message.text, body)
  const answers = [client.answer('POST'), client.answer('POST')]
  client.send(requestText('POST', '/pets', [], 'one') + requestText('POST', '/pets', [], 'two'))
  assert.deepEqual(
    (await Promise.all(answers)).map(({ message }) => message.text),
    ['one', 'two'],
  )
})

test('the certificate is chosen by name, an exact one before a wildcard, and the first where none fits', async (t) => {
  const { gateway } = await start(t, [
    authority.issue('first', { names: ['first.example.com'] }),
    authority.issue('wild', { names: ['*.example.com'] }),
    authority.issue('exact', { names: ['a.example.com', 'other.example.org'] }),
  ])
  assert.equal(await shown(gateway.securePort, 'a.example.com'), 'exact')
  assert.equal(await shown(gateway.securePort, 'OTHER.example.org'), 'exact')
  assert.equal(await shown(gateway.securePort, 'b.example.com'), 'wild')
  assert.equal(await shown(gateway.securePort, 'b.c.example.com'), 'first')
  assert.equal(await shown(gateway.securePort, 'unknown.example.net'), 'first')
  assert.equal(await shown(gateway.securePort, ''), 'first')
})

test('a session is resumed, also of TLS 1.2', async (t) => {
  const { gateway } = await start(t)
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = await secureSocket(gateway.securePort, { maxVersion })
    const session = first.getSession() ?? Buffer.alloc(0)
    const [ticket] = maxVersion === 'TLSv1.3' ? ((await once(first, 'session')) as [Buffer]) : [session]
    first.destroy()
    const second = await secureSocket(gateway.securePort, { maxVersion, session: ticket })
    assert.equal(second.isSessionReused(), true, maxVersion)
    second.destroy()
  }
})

test('HTTP/2 that was not chosen by ALPN is refused', async (t) => {
  const { gateway } = await start(t)
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
  assert.equal((await askSecurely(gateway.securePort, preface)).status, 505)
  const client = Client.over(await secureSocket(gateway.securePort))
  assert.equal((await client.request(preface)).status, 505)
  await client.destroy()
})

test('handshakes from one port of a client with two addresses of the gateway are told apart', async (t) => {
  const { gateway } = await start(t, [plain], {}, { POSTERN_HOST: '0.0.0.0' })
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port: localPort } = free.address() as AddressInfo
  free.close()
  const sockets = ['127.0.0.1', '127.0.0.2'].map((host) =>
    connect({ host, port: gateway.securePort, localAddress: '127.0.0.1', localPort }),
  )
  for (const socket of sockets) await once(socket, 'connect')
  for (const socket of sockets) {
    const client = Client.over(await secureSocket(gateway.securePort, { socket }))
    assert.equal((await client.request(requestText('GET', '/pets'))).status, 200)
    await client.destroy()
  }
})

test('what is older than TLS 1.2, has no forward secrecy or wants another protocol is refused, and counted', async (t) => {
  const { gateway } = await start(t)
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  assert.equal(await refusedHandshake(gateway.securePort, old), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
  await refusedHandshake(gateway.securePort, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' })
  const other = await refusedHandshake(gateway.securePort, { ALPNProtocols: ['spdy/3'] })
  assert.equal(other, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
  assert.equal(await failures(gateway, 'version'), 1)
  assert.equal(await failures(gateway, 'no-shared-cipher'), 1)
  assert.equal(await failures(gateway, 'no-shared-protocol'), 1)
})

test('plain HTTP on the TLS port gets no answer', async (t) => {
  const { gateway, backend } = await start(t)
  await assert.rejects(ask(gateway.securePort, requestText('GET', '/pets')))
  assert.equal(backend.requests.length, 0)
  assert.equal(await failures(gateway, 'not-tls'), 1)
})

test('a handshake that does not end in time ends with its connection; until then it holds a place', async (t) => {
  const { gateway, clock } = await start(t, [plain], { limits: { ...limits, maxConnections: 1 } })
  const slow = connect(gateway.securePort, '127.0.0.1')
  await once(slow, 'connect')
  slow.write(Buffer.from('1603010200', 'hex'))
  await clock.advance(1_000)
  // The only place is taken: what comes now is dropped.
  await assert.rejects(secureSocket(gateway.securePort))
  const closed = once(slow.resume(), 'close')
  await clock.advanceUntil(timeouts.head, closed)
  assert.equal(await failures(gateway, 'timeout'), 1)
  assert.equal(await failures(gateway, 'closed'), 0)
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/pets'))).status, 200)
})

test('a client that says nothing ends in the same way, and is counted once', async (t) => {
  const { gateway, clock } = await start(t, [plain], { limits: { ...limits, maxConnections: 1 } })
  const [silent, gone] = [connect(gateway.securePort, '127.0.0.1'), connect(gateway.securePort, '127.0.0.1')]
  await Promise.all([once(silent, 'connect'), once(gone.resume(), 'close')])
  const closed = once(silent.resume(), 'close')
  await clock.advanceUntil(timeouts.head + 1_000, closed)
  assert.deepEqual([await failures(gateway, 'timeout'), await failures(gateway, 'closed')], [1, 0])
  const early = connect(gateway.securePort, '127.0.0.1')
  early.end()
  await once(early.resume(), 'close')
  assert.deepEqual([await failures(gateway, 'timeout'), await failures(gateway, 'closed')], [1, 1])
})

test('a handshake that comes byte by byte goes on', async (t) => {
  const { gateway } = await start(t)
  const below = connect({ port: gateway.securePort, host: '127.0.0.1', noDelay: true })
  const dribbling = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      for (const byte of chunk) below.write(Buffer.of(byte))
      done()
    },
  })
  below.on('data', (chunk) => dribbling.push(chunk))
  const socket = await secureSocket(gateway.securePort, { socket: dribbling, ALPNProtocols: ['http/1.1'] })
  assert.equal((await Client.over(socket).request(requestText('GET', '/pets'))).status, 200)
  below.destroy()
})

test('a client that goes away in the handshake is counted and leaves nothing', async (t) => {
  const { gateway } = await start(t, [plain], { limits: { ...limits, maxConnections: 1 } })
  const socket = connect(gateway.securePort, '127.0.0.1')
  socket.end(Buffer.from('1603010200', 'hex'))
  await once(socket.resume(), 'close')
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/pets'))).status, 200)
  assert.equal(await failures(gateway, 'closed'), 1)
})

test('an answer whose length only the end of the connection tells is cut by a reset', async (t) => {
  const { gateway, backend } = await start(t)
  backend.once((request) => {
    request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    request.write('bad chunk\r\n')
  })
  const socket = await secureSocket(gateway.securePort)
  const error = once(socket, 'error')
  socket.write('GET /pets HTTP/1.0\r\nHost: a\r\n\r\n')
  socket.resume()
  const [{ code }] = (await Promise.race([error, once(socket, 'end').then(() => [{ code: 'a clean end' }])])) as [{ code: string }]
  assert.equal(code, 'ECONNRESET')
})

test('a client that ends in the middle of its request takes it back', async (t) => {
  const { gateway, backend } = await start(t)
  const arrived = backend.once(() => {})
  const socket = await secureSocket(gateway.securePort)
  socket.write('POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')
  const request = await arrived
  socket.destroy()
  await assert.rejects(request.whole)
})

test('a renewed certificate is taken over, and no connection notices', async (t) => {
  const { gateway, folder, clock } = await start(t)
  const client = await secureClient(gateway.securePort)
  t.after(() => client.destroy())
  assert.equal((await client.request(requestText('GET', '/pets'))).status, 200)
  tlsSettings(folder, authority.issue('renewed', { names: ['localhost'] }))
  const reloaded = gateway.log.find(({ event }) => event === 'certificate-reloaded')
  await clock.advanceUntil(5_000, reloaded)
  assert.equal(await shown(gateway.securePort, 'localhost'), 'renewed')
  assert.equal((await client.request(requestText('GET', '/pets'))).status, 200)
  assert.equal((await reloaded).subject, 'CN=renewed')
})

test('a renewed pair that cannot be used is logged once, and the old one stays until a good one comes', async (t) => {
  const { gateway, folder, clock } = await start(t)
  const renewed = authority.issue('renewed', { names: ['localhost'] })
  writeFileSync(join(folder, 'server-0.pem'), renewed.cert)
  await clock.advanceUntil(
    5_000,
    gateway.log.find(({ event }) => event === 'certificate-not-reloaded'),
  )
  await clock.advance(5_000)
  assert.equal(await shown(gateway.securePort, 'localhost'), 'plain')
  writeFileSync(join(folder, 'server-0.key.pem'), renewed.key)
  await clock.advanceUntil(
    5_000,
    gateway.log.find(({ event }) => event === 'certificate-reloaded'),
  )
  assert.equal(await shown(gateway.securePort, 'localhost'), 'renewed')
  const refused = gateway.log.lines.filter(({ event }) => event === 'certificate-not-reloaded')
  assert.equal(refused.length, 1)
  assert.match(String(refused[0]?.why), /is not the key of the certificate/)
})

test('a link that is turned to another folder, as Kubernetes does it, is noticed', async (t) => {
  const folder = temporaryFolder(t)
  for (const [name, issued] of [
    ['old', plain],
    ['new', authority.issue('turned', { names: ['localhost'] })],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'tls.crt'), issued.cert)
    writeFileSync(join(folder, name, 'tls.key'), issued.key)
  }
  symlinkSync('old', join(folder, '..data'))
  symlinkSync(join('..data', 'tls.crt'), join(folder, 'tls.crt'))
  symlinkSync(join('..data', 'tls.key'), join(folder, 'tls.key'))
  const files = { POSTERN_TLS_CERT: join(folder, 'tls.crt'), POSTERN_TLS_KEY: join(folder, 'tls.key') }
  const { gateway, clock } = await start(t, [], {}, files)
  assert.equal(await shown(gateway.securePort, 'localhost'), 'plain')
  symlinkSync('new', join(folder, '..next'))
  renameSync(join(folder, '..next'), join(folder, '..data'))
  rmSync(join(folder, 'old'), { recursive: true })
  await clock.advanceUntil(
    5_000,
    gateway.log.find(({ event }) => event === 'certificate-reloaded'),
  )
  assert.equal(await shown(gateway.securePort, 'localhost'), 'turned')
})
