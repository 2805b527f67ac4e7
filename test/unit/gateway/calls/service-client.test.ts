/** Calls of the gateway's own, to real servers: what is sent, what is taken, and in which word each failure ends. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ServiceCall, ServiceClient, type ServiceOptions } from '../../../../src/gateway/calls/service-client.ts'
import { ServiceError } from '../../../../src/gateway/calls/service-error.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { service } from './test-service.ts'

const authority = new TestAuthority('service CA')
const clients = new TestAuthority('client CA')
const local = authority.identity(['127.0.0.1'])

async function client(t: TestContext, secure: boolean, changes: Partial<ServiceOptions> = {}): Promise<ServiceClient> {
  const options = { authorities: [authority.certificate], clientCertificate: null, serverName: null, sockets: 2, warn: () => {} }
  const opened = await ServiceClient.open(secure, { ...options, ...changes })
  t.after(() => opened.close())
  return opened
}

function call(url: URL, changes: Partial<ServiceCall> = {}): ServiceCall {
  return { method: 'POST', url, headers: {}, body: 'token=abc', timeout: 5_000, maxAnswer: 1_000, ...changes }
}

function fails(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof ServiceError && error.reason === reason && !error.message.includes('abc')
}

test('sends method, path, fields and body, and gives back status, fields and body', async (t) => {
  const { url } = await service(t, null, (request, response) => {
    request.setEncoding('utf8')
    let body = ''
    request.on('data', (part: string) => {
      body += part
    })
    request.on('end', () =>
      response.writeHead(401, { 'X-Told': 'yes' }).end(`${request.method} ${request.url} ${request.headers['x-said']} ${body}`),
    )
  })
  const answer = await (await client(t, false)).call(call(url, { headers: { 'X-Said': 'this' } }))
  assert.equal(answer.status, 401)
  assert.equal(answer.headers['x-told'], 'yes')
  assert.equal(answer.body.toString(), 'POST /ask this token=abc')
})

test('a connection is used again, and not more of them are opened than allowed', async (t) => {
  const ports = new Set<number | undefined>()
  const { url } = await service(t, null, (request, response) => {
    ports.add(request.socket.remotePort)
    response.end('{}')
  })
  const one = await client(t, false, { sockets: 1 })
  await Promise.all([one.call(call(url)), one.call(call(url)), one.call(call(url))])
  assert.equal(ports.size, 1)
})

test('a resting connection that the service has closed is made anew', async (t) => {
  const { url } = await service(t, null, (request, response) => {
    // Announced as lasting, and closed as soon as the next request comes.
    request.socket.once('data', () => request.socket.destroy())
    response.end('fine')
  })
  const one = await client(t, false, { sockets: 1 })
  for (let asked = 0; asked < 3; asked++) assert.equal((await one.call(call(url))).body.toString(), 'fine')
})

test('redirects are not followed', async (t) => {
  const { url } = await service(t, null, (_, response) => response.writeHead(302, { Location: '/other' }).end())
  assert.equal((await (await client(t, false)).call(call(url))).status, 302)
})

test('a service that says nothing, or stops in the middle, ends in `timeout`', async (t) => {
  const silent = await service(t, null, () => {})
  const halting = await service(t, null, (_, response) => response.writeHead(200, { 'Content-Length': 10 }).write('12345'))
  const one = await client(t, false)
  await assert.rejects(one.call(call(silent.url, { timeout: 30 })), fails('timeout'))
  await assert.rejects(one.call(call(halting.url, { timeout: 30 })), fails('timeout'))
})

test('the wait for a connection counts as well', async (t) => {
  const { url } = await service(t, null, () => {})
  const one = await client(t, false, { sockets: 1 })
  const ends = await Promise.allSettled([one.call(call(url, { timeout: 60 })), one.call(call(url, { timeout: 30 }))])
  for (const end of ends) assert.ok(end.status === 'rejected' && fails('timeout')(end.reason))
})

test('an answer over the bound ends in `too-large`, declared or not', async (t) => {
  const declared = await service(t, null, (_, response) => response.end('x'.repeat(1_001)))
  const chunked = await service(t, null, (_, response) => {
    response.write('x'.repeat(600))
    response.end('x'.repeat(600))
  })
  const one = await client(t, false)
  await assert.rejects(one.call(call(declared.url)), fails('too-large'))
  await assert.rejects(one.call(call(chunked.url)), fails('too-large'))
})

test('nobody listens: `connect`; what is no HTTP, or is coded: `protocol`', async (t) => {
  const one = await client(t, false)
  const gone = createServer()
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const address = gone.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => gone.close(resolve))
  await assert.rejects(one.call(call(new URL(`http://127.0.0.1:${port}/`))), fails('connect'))

  const babble = createServer((socket) => socket.on('error', () => {}).end('SMTP ready\r\n\r\n'))
  await new Promise<void>((resolve) => babble.listen(0, '127.0.0.1', resolve))
  t.after(() => babble.close())
  const spoken = babble.address()
  const babblePort = typeof spoken === 'object' && spoken !== null ? spoken.port : 0
  await assert.rejects(one.call(call(new URL(`http://127.0.0.1:${babblePort}/`))), fails('protocol'))

  const coded = await service(t, null, (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x'))
  await assert.rejects(one.call(call(coded.url)), fails('protocol'))
})

test('https: a certificate of the authority is taken, another one and another name are not', async (t) => {
  const good = await service(t, { cert: local.certificate, key: local.key }, (_, response) => response.end('fine'))
  const secure = await client(t, true)
  assert.equal((await secure.call(call(good.url))).body.toString(), 'fine')

  const named = authority.identity(['keys.example'])
  const other = await service(t, { cert: named.certificate, key: named.key }, (_, response) => response.end('fine'))
  await assert.rejects(secure.call(call(other.url)), fails('tls'))
  assert.equal((await (await client(t, true, { serverName: 'keys.example' })).call(call(other.url))).body.toString(), 'fine')

  const strange = new TestAuthority('somebody').identity(['127.0.0.1'])
  const untrusted = await service(t, { cert: strange.certificate, key: strange.key }, (_, response) => response.end('fine'))
  await assert.rejects(secure.call(call(untrusted.url)), fails('tls'))
})

test('the gateway shows its own certificate where it has one', async (t) => {
  const folder = temporaryFolder(t)
  const own = clients.identity(['gateway'])
  const files = { certificate: join(folder, 'own.pem'), key: join(folder, 'own.key.pem'), settings: 'OWN_CERT, OWN_KEY' }
  writeFileSync(files.certificate, own.certificate)
  writeFileSync(files.key, own.key)
  const demanding = { cert: local.certificate, key: local.key, ca: clients.certificate, requestCert: true, rejectUnauthorized: true }
  const { url } = await service(t, demanding, (_, response) => response.end('known'))
  assert.equal((await (await client(t, true, { clientCertificate: files })).call(call(url))).body.toString(), 'known')
  await assert.rejects((await client(t, true)).call(call(url)), ServiceError)
  await assert.rejects(client(t, true, { clientCertificate: { ...files, key: files.certificate } }), /OWN_CERT, OWN_KEY: /)
})
