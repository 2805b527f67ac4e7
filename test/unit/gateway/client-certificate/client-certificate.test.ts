/** Client certificates, given in the handshake or handed on by a proxy in front. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { type TestContext, test } from 'node:test'
import type { OperationPlan } from '../../../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import type { Clock } from '../../../../src/gateway/clock.ts'
import { certificateOf } from '../../../../src/gateway/listener/certificate-of.ts'
import { type CertificateRequest, makeCertificate } from '../../../certificate.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority, type Issued, tlsSettings } from '../../../wire/authority.ts'
import { Backend } from '../../../wire/backend.ts'
import { type Answer, ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { Http2LibraryClient } from '../../../wire/http2-library-client.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { askSecurely, secureClient, secureSocket } from '../../../wire/secure-client.ts'

const authority = new Authority('Clients')
const server = new Authority().issue('server', { names: ['localhost'] })
const alice = authority.issue('alice', { purpose: 'client' })
const hour = 3_600_000

function operation(
  template: string,
  certificate: OperationPlan['certificate'],
): Partial<OperationPlan> & { method: 'GET'; template: string } {
  return { method: 'GET', template, certificate, security: certificate === 'required' ? { kind: 'certificate' } : { kind: 'public' } }
}

const operations = [operation('/required', 'required'), operation('/optional', 'optional'), operation('/public', 'unused')]

const believed: NonNullable<GatewayPlan['clientCertificates']> = {
  everywhere: null,
  holders: [],
  authorities: [{ pem: authority.pem, subject: 'CN=Clients', notAfter: 0 }],
  header: null,
}
const handedOn: Partial<GatewayPlan> = { clientCertificates: { ...believed, header: 'x-certificate' } }
const trusting: Partial<GatewayPlan> = { ...handedOn, trustedProxies: ['127.0.0.1'] }

async function start(t: TestContext, changes: Partial<GatewayPlan> = {}, clock?: Clock): Promise<LocalGateway> {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([backend.url], { clientCertificates: believed, ...changes, operations })
  const gateway = await LocalGateway.start(plan, {
    environment: tlsSettings(temporaryFolder(t), server),
    ...(clock === undefined ? {} : { clock }),
  })
  t.after(() => gateway.stop())
  return gateway
}

function reasonOf(gateway: LocalGateway): unknown {
  return gateway.accessLines.at(-1)?.reason
}

test('a good certificate of a known authority opens the door, and none does not', async (t) => {
  const gateway = await start(t)
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/required'), alice)).status, 200)
  const { status, message } = await askSecurely(gateway.securePort, requestText('GET', '/required'))
  assert.equal(status, 401)
  assert.equal(message.field('www-authenticate'), 'ClientCertificate realm="test"')
  assert.match(message.text, /"code":900902/)
  assert.equal(reasonOf(gateway), 'certificate-missing')
  // There is none on a connection without TLS.
  assert.equal((await ask(gateway.port, requestText('GET', '/required'))).status, 401)
})

test('it makes no difference that the client speaks HTTP/2', async (t) => {
  const gateway = await start(t)
  for (const [own, status] of [
    [alice, 200],
    [{}, 401],
  ] as const) {
    const client = await Http2LibraryClient.connectSecurely(gateway.securePort, own)
    assert.equal((await client.ask('GET', '/required')).status, status)
    await client.close()
  }
})

test('where one is optional, none will do, and a bad one will not; where none is asked for, nobody looks', async (t) => {
  const gateway = await start(t)
  const stranger = new Authority().issue('stranger')
  for (const [path, expected] of [
    ['/optional', 401],
    ['/public', 200],
  ] as const) {
    assert.equal((await askSecurely(gateway.securePort, requestText('GET', path), stranger)).status, expected, path)
    assert.equal((await askSecurely(gateway.securePort, requestText('GET', path), alice)).status, 200, path)
    assert.equal((await askSecurely(gateway.securePort, requestText('GET', path))).status, 200, path)
  }
})

const bad: readonly (readonly [string, Issued])[] = [
  ['certificate-untrusted', new Authority().issue('alice')],
  // One that only names the authority as its issuer.
  ['certificate-untrusted', authority.impostor.issue('alice')],
  ['certificate-expired', authority.issue('alice', { notAfter: new Date(Date.now() - hour) })],
  ['certificate-not-yet-valid', authority.issue('alice', { notBefore: new Date(Date.now() + hour) })],
  ['certificate-purpose', authority.issue('alice', { purpose: 'server' })],
]

test('without a token its holder is the consumer, where the operation looks at it', async (t) => {
  const gateway = await start(t)
  const { thumbprint } = certificateOf(new X509Certificate(alice.cert))
  for (const [path, own, consumer] of [
    ['/required', alice, `certificate:${thumbprint}`],
    ['/optional', alice, `certificate:${thumbprint}`],
    ['/optional', {}, 'address:127.0.0.1'],
    ['/public', alice, 'address:127.0.0.1'],
  ] as const) {
    assert.equal((await askSecurely(gateway.securePort, requestText('GET', path), own)).status, 200)
    assert.equal(gateway.accessLines.at(-1)?.consumer, consumer, path)
  }
})

test('a bad one is refused for what it is, in the handshake and in the field', async (t) => {
  const direct = await start(t)
  const proxied = await start(t, trusting)
  for (const [reason, issued] of bad) {
    const { status, message } = await askSecurely(direct.securePort, requestText('GET', '/required'), issued)
    assert.deepEqual([status, reasonOf(direct)], [401, reason])
    assert.match(message.text, /"code":900901/)
    const field = `X-Certificate: ${encodeURIComponent(issued.cert)}`
    assert.equal((await ask(proxied.port, requestText('GET', '/required', [field]))).status, 401)
    assert.equal(reasonOf(proxied), reason)
  }
})

test('in a field it must be one that a handshake would have taken', async (t) => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const issuer = { subject: 'Clients by RSA', keys: rsa }
  const validity = { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) }
  const signed = (parts: Partial<CertificateRequest>): string => makeCertificate({ subject: 'bob', ...validity, issuer, ...parts })
  const authorities = [makeCertificate({ subject: issuer.subject, ...validity, keys: rsa, authority: true })]
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const certificates = {
    authorities: authorities.map((pem) => ({ pem, subject: 'CN=Clients by RSA', notAfter: 0 })),
    everywhere: null,
    holders: [],
    header: 'x-certificate',
  }
  const gateway = await start(t, { ...trusting, clientCertificates: certificates })
  for (const [what, cert, status] of [
    ['plain', signed({}), 200],
    ['for signatures', signed({ keyUsage: 0x80 }), 200],
    ['for key agreement', signed({ keyUsage: 0x08 }), 200],
    ['constrained, and no authority', signed({ authority: false }), 200],
    ['for encryption only', signed({ keyUsage: 0x20 }), 401],
    ['with SHA-1', signed({ hash: 'sha1' }), 401],
    ['a short key', signed({ keys: weak }), 401],
    ['an unknown critical extension', signed({ critical: ['2a0304'] }), 401],
    ['an authority', signed({ authority: true }), 401],
    ['the authority itself', authorities[0]!, 401],
  ] as const) {
    const answer = await ask(gateway.port, requestText('GET', '/required', [`X-Certificate: ${encodeURIComponent(cert)}`]))
    assert.equal(answer.status, status, what)
    if (status === 401) assert.equal(reasonOf(gateway), 'certificate-purpose', what)
  }
})

test('one that expires while its connection is open is refused from then on, and so is its resumed session', async (t) => {
  let wall = Date.now()
  const gateway = await start(t, {}, { now: () => wall, monotonic: () => performance.now() })
  const client = await secureClient(gateway.securePort, alice)
  t.after(() => client.destroy())
  const ticket = new Promise<Buffer>((resolve) => client.socket.once('session', resolve))
  assert.equal((await client.request(requestText('GET', '/required'))).status, 200)
  const session = await ticket
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/required'), { ...alice, session })).status, 200)
  wall += 48 * hour
  assert.equal((await client.request(requestText('GET', '/required'))).status, 401)
  assert.equal(reasonOf(gateway), 'certificate-expired')
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/required'), { session })).status, 401)
})

test('a session that was begun without a certificate is resumed without one', async (t) => {
  const gateway = await start(t)
  const first = await secureSocket(gateway.securePort)
  const session = await new Promise<Buffer>((resolve) => first.once('session', resolve))
  first.destroy()
  const second = await secureClient(gateway.securePort, { session })
  t.after(() => second.destroy())
  assert.equal((await second.request(requestText('GET', '/required'))).status, 401)
})

function fieldForms({ cert }: Issued): Readonly<Record<string, string>> {
  const base64 = cert.replace(/-----[A-Z ]+-----|\s/g, '')
  return {
    'RFC 9440': `:${base64}:`,
    'bare base64': base64,
    'PEM with blanks for line ends': cert.trim().replaceAll('\n', ' '),
    'PEM with tabs for line ends': cert.trim().replaceAll('\n', '\t'),
    'URL-encoded PEM': encodeURIComponent(cert),
    'Envoy’s element': `Hash=00ff;Cert="${encodeURIComponent(cert)}";Subject=""`,
  }
}

test('a trusted proxy hands it on in any of the usual forms', async (t) => {
  const gateway = await start(t, trusting)
  for (const [form, text] of Object.entries(fieldForms(alice))) {
    // The second time it is known.
    for (let time = 0; time < 2; time++) {
      assert.equal((await ask(gateway.port, requestText('GET', '/required', [`X-Certificate: ${text}`]))).status, 200, form)
    }
  }
})

test('the field never reaches the backend, nor does what only looks like it', async (t) => {
  const gateway = await start(t, trusting)
  const [text] = Object.values(fieldForms(alice))
  const fields = [
    `x-certificate: ${text}`,
    'X_Certificate: a',
    'X-WSO2-CLIENT-CERTIFICATE: b',
    'Client-Cert: :c:',
    'X-Forwarded-Client-Cert: d',
  ]
  const { status, message } = await ask(gateway.port, requestText('GET', '/required', fields))
  assert.equal(status, 200)
  assert.doesNotMatch(message.text, /certificate|client-cert/i)
})

test('nobody but a trusted proxy is believed', async (t) => {
  const gateway = await start(t, { ...handedOn, trustedProxies: ['192.0.2.1'] })
  const [text] = Object.values(fieldForms(alice))
  assert.equal((await ask(gateway.port, requestText('GET', '/required', [`X-Certificate: ${text}`]))).status, 401)
  assert.equal(reasonOf(gateway), 'certificate-missing')
})

test('the certificate of the proxy itself is not its client’s', async (t) => {
  const gateway = await start(t, trusting)
  const proxy = authority.issue('proxy')
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/required'), proxy)).status, 401)
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/required', ['X-Certificate:']), proxy)).status, 401)
})

test('what is no certificate, more than one, or said twice is refused', async (t) => {
  const gateway = await start(t, trusting)
  const base64 = alice.cert.replace(/-----[A-Z ]+-----|\s/g, '')
  const refused = async (...texts: readonly string[]): Promise<Answer> =>
    ask(
      gateway.port,
      requestText(
        'GET',
        '/optional',
        texts.map((text) => `X-Certificate: ${text}`),
      ),
    )
  const twice = encodeURIComponent(alice.cert + alice.cert)
  for (const text of [
    'x',
    ':',
    '::',
    `:${base64}`,
    `${base64}!`,
    base64.slice(0, -8),
    '%',
    '%ff',
    twice,
    `:${base64}:, :${base64}:`,
    'QUJD',
  ]) {
    assert.equal((await refused(text)).status, 401, text.slice(0, 20))
    assert.equal(reasonOf(gateway), 'certificate-malformed')
  }
  assert.equal((await refused(base64, base64)).status, 400)
})

test('an HTTP/2 client has one as well', async (t) => {
  const gateway = await start(t)
  for (const [options, expected] of [
    [alice, 200],
    [{}, 401],
  ] as const) {
    const session = connectHttp2(`https://127.0.0.1:${gateway.securePort}`, { rejectUnauthorized: false, ...options })
    t.after(() => session.destroy())
    const stream = session.request({ ':path': '/required' }).resume()
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    assert.equal(headers[':status'], expected)
  }
})

test('whoever is asked for a certificate by no operation is not asked in the handshake', async (t) => {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([backend.url], { operations: [{ method: 'GET', template: '/pets' }], clientCertificates: believed })
  const gateway = await LocalGateway.start(plan, { environment: tlsSettings(temporaryFolder(t), server) })
  t.after(() => gateway.stop())
  const stranger = new Authority().issue('stranger')
  assert.equal((await askSecurely(gateway.securePort, requestText('GET', '/pets'), stranger)).status, 200)
})

test('https only and http only hold as the client sees it', async (t) => {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([backend.url], {
    operations: [
      { method: 'GET', template: '/secure', transport: 'https' },
      { method: 'GET', template: '/plain', transport: 'http' },
    ],
  })
  const environment = tlsSettings(temporaryFolder(t), server)
  const direct = await LocalGateway.start(plan, { environment })
  t.after(() => direct.stop())
  const proxied = await LocalGateway.start({ ...plan, trustedProxies: ['127.0.0.1'] }, { environment })
  t.after(() => proxied.stop())
  const over = async (gateway: LocalGateway, path: string, ...fields: readonly string[]): Promise<readonly number[]> => [
    (await ask(gateway.port, requestText('GET', path, fields))).status,
    (await askSecurely(gateway.securePort, requestText('GET', path, fields))).status,
  ]
  const [https, http] = ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http']
  assert.deepEqual(await over(direct, '/secure'), [403, 200])
  assert.deepEqual(await over(direct, '/plain'), [200, 403])
  // Anybody can say so.
  assert.deepEqual(await over(direct, '/secure', https), [403, 200])
  assert.deepEqual(await over(proxied, '/secure'), [403, 200])
  assert.deepEqual(await over(proxied, '/secure', https), [200, 200])
  assert.deepEqual(await over(proxied, '/secure', http), [403, 403])
  assert.deepEqual(await over(proxied, '/secure', https, http), [403, 403])
  assert.deepEqual(await over(proxied, '/plain', https), [403, 403])
})
