import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { Project } from '../../../../src/compiler/model/model.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { makeManifest } from '../../../../src/compiler/plan/manifest.ts'
import { api, at, backend, operation, project, publicKey, throttle, tokenWith } from '../sample-project.ts'

function manifestOf(of: Project) {
  const facts = { compiler: { postern: '0', esbuild: '0' }, inputs: [], capabilities: [], files: [] }
  return makeManifest(of, makePlan(of), facts)
}

test('every rule of an operation says where it is written', async () => {
  const listBooks = operation('GET', '/', {
    operationId: 'listBooks',
    parameters: [{ in: 'query', name: 'page', required: false, at: at('api.yaml', 11) }],
    security: { ...tokenWith(['read'], ['admin']), at: at('api.yaml', 12) },
    throttle: throttle('Gold'),
    maxBody: { value: 1024, at: at('api.yaml', 14) },
    answerTimeout: { value: 5000, at: at('api.yaml', 15) },
  })
  const manifest = await manifestOf(project([api([listBooks])]))
  assert.deepEqual(manifest.operations, [
    {
      api: 'Books',
      id: 'listBooks',
      method: 'GET',
      template: '/books/',
      at: 'api.yaml:10',
      parameters: [{ in: 'query', name: 'page', required: false, at: 'api.yaml:11' }],
      security: {
        kind: 'token',
        at: 'api.yaml:12',
        header: 'authorization',
        headerAt: null,
        anonymous: false,
        certificateSuffices: false,
        dpop: false,
        issuersAt: null,
        apiKeyPlaces: [],
        alternatives: [
          { credentials: [{ kind: 'token', scopes: ['read'] }], issuers: ['https://idp.example'], certificate: false },
          { credentials: [{ kind: 'token', scopes: ['admin'] }], issuers: ['https://idp.example'], certificate: false },
        ],
      },
      clientCertificate: { asked: 'unused', at: null, holders: null, holdersAt: null },
      extensions: [],
      subscription: null,
      transport: { kind: 'any', at: null },
      limits: [
        {
          tier: 'Gold',
          level: 'operation',
          by: 'consumer',
          backend: null,
          conditions: [],
          windows: [
            {
              unit: 'requests',
              amount: 100,
              algorithm: 'sliding',
              windowSeconds: 60,
              calendar: null,
              burst: null,
              exactness:
                'never exceeded in one gateway; at least 99.9 % of it pass under full load, of 3552 callers that come close to it at the same time, and at least 80 % of further ones; each gateway counts for itself: limit × replicas',
            },
          ],
          whenUsedUp: 'refuse',
          namedAt: 'api.yaml:7',
          definedAt: 'policies.yaml:2',
        },
      ],
      callerLimits: false,
      concurrency: null,
      backends: {
        production: { index: 0, url: 'http://127.0.0.1:9000', http: '1.1', tls: null, credential: null, at: 'postern.yaml:5' },
        sandbox: null,
      },
      maxBody: { bytes: 1024, at: 'api.yaml:14' },
      timeouts: {
        answerMilliseconds: 5000,
        answerAt: 'api.yaml:15',
        exchangeMilliseconds: 0,
        exchangeAt: null,
        bodyIdleMilliseconds: 30_000,
        streamIdleMilliseconds: 0,
        idleAt: null,
      },
      identity: { token: false, tokenAt: null, fields: false, fieldsAt: null, credential: false, credentialAt: null },
      upgrade: null,
      cors: null,
      keyManager: null,
      onStale: null,
    },
  ])
})

test('backends stand at the index by which log and metrics name them', async () => {
  const first = backend(['http://127.0.0.1:1'], at('postern.yaml', 5))
  const second = backend([{ setting: 'SECOND' }], at('api.yaml', 9))
  const settings = new Map([['SECOND', { name: 'SECOND', default: null, usedFor: [], at: at('api.yaml', 9) }]])
  const operations = [
    operation('GET', '/a', { production: first, sandbox: second }),
    operation('GET', '/b', { production: backend(['http://127.0.0.1:1'], at('api.yaml', 30)) }),
  ]
  const of = project([api(operations)], { settings })
  const { backends, operations: told } = await manifestOf(of)
  assert.deepEqual(backends, [
    { index: 0, url: 'http://127.0.0.1:1', http: '1.1', tls: null, credential: null, at: 'postern.yaml:5' },
    { index: 1, url: '${SECOND}', http: '1.1', tls: null, credential: null, at: 'api.yaml:9' },
  ])
  assert.deepEqual(
    backends.map(({ index }) => index),
    makePlan(of).plan.upstreams.map((_, index) => index),
  )
  assert.deepEqual(told[1]?.backends.production, {
    index: 0,
    url: 'http://127.0.0.1:1',
    http: '1.1',
    tls: null,
    credential: null,
    at: 'api.yaml:30',
  })
})

test('why the gateway needs certificates of its own is told by file', async () => {
  const transport = { value: 'https', at: at('api.yaml', 4) } as const
  const mutualTls = { value: 'mandatory', at: at('api.yaml', 3) } as const
  const certificates = { at: at('postern.yaml', 20), authorities: [], holders: [], header: null }
  const handedOn = { ...certificates, header: { value: 'x-certificate', at: at('postern.yaml', 21) } }
  const overHttps = [api([operation('GET', '/'), operation('POST', '/')], { transport })]
  const withCertificate = [api([operation('GET', '/')], { mutualTls })]
  const requiredBy = async (of: Project) => (await manifestOf(of)).listeners.httpsRequiredBy
  assert.deepEqual(await requiredBy(project([api([operation('GET', '/')])])), [])
  const [alone, ...others] = await requiredBy(project(overHttps))
  assert.match(alone!, /^api.yaml: x-wso2-transports is \[https\], and postern.yaml has no trustedProxies/)
  assert.deepEqual(others, [])
  assert.deepEqual(await requiredBy(project(overHttps, { trustedProxies: ['10.0.0.0/8'] })), [])
  for (const clientCertificates of [certificates, handedOn]) {
    const [reason] = await requiredBy(project(withCertificate, { clientCertificates }))
    assert.match(reason!, /^api.yaml: asks for client certificates, and postern.yaml has no trustedProxies that hand them on/)
  }
  const behind = { trustedProxies: ['10.0.0.0/8'], clientCertificates: handedOn }
  assert.deepEqual(await requiredBy(project(withCertificate, behind)), [])
  assert.equal((await requiredBy(project(withCertificate, { ...behind, clientCertificates: certificates }))).length, 1)
  const listen = { http: 0, https: { value: 8443, at: at('postern.yaml', 9) }, admin: 0 }
  assert.deepEqual(await requiredBy(project([api([operation('GET', '/')])], { listen })), ['postern.yaml: listen.https'])
})

test('the certificates of authorities and what asks for a client’s are told where they are written', async () => {
  const certificates = {
    at: at('postern.yaml', 20),
    authorities: [
      {
        pem: '-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n',
        subject: 'CN=Clients',
        notBefore: 0,
        notAfter: 1_900_000_000,
        at: at('keys/ca.pem', 1),
      },
    ],
    holders: [],
    header: { value: 'x-certificate', at: at('postern.yaml', 21) },
  }
  const strict = { mutualTls: { value: 'mandatory', at: at('api.yaml', 3) }, transport: { value: 'https', at: at('api.yaml', 4) } } as const
  const manifest = await manifestOf(project([api([operation('GET', '/')], strict)], { clientCertificates: certificates }))
  assert.deepEqual(manifest.clientCertificates, {
    header: 'x-certificate',
    authorities: [
      {
        subject: 'CN=Clients',
        // FIPS 180-2, appendix B.1: SHA-256 of `abc`.
        fingerprint: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        expires: '2030-03-17T17:46:40.000Z',
        everywhere: true,
        at: 'keys/ca.pem:1',
      },
    ],
    holders: [],
  })
  const [told] = manifest.operations
  assert.deepEqual(told?.clientCertificate, { asked: 'required', at: 'api.yaml:3', holders: null, holdersAt: null })
  assert.deepEqual(told?.transport, { kind: 'https', at: 'api.yaml:4' })
  assert.equal(told?.security.kind, 'certificate')
  // Where no operation asks for one, nothing is baked.
  assert.equal((await manifestOf(project([api([operation('GET', '/')])], { clientCertificates: certificates }))).clientCertificates, null)
})

test('settings stand by their names', async () => {
  const production = backend(['https://', { setting: 'HOST' }, '/v2'], at('postern.yaml', 5))
  const settings = new Map([['HOST', { name: 'HOST', default: null, usedFor: ['backend of Books'], at: at('postern.yaml', 5) }]])
  const manifest = await manifestOf(project([api([operation('GET', '/', { production })])], { settings }))
  assert.equal(manifest.operations[0]?.backends.production?.url, 'https://${HOST}/v2')
  assert.deepEqual(manifest.settings, [{ name: 'HOST', required: true, default: null, usedFor: ['backend of Books'] }])
})

test('keys are told by kind, id, thumbprint and end', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const [issuer] = project([]).issuers
  assert.ok(issuer && rsa.n && rsa.e)
  const key = { kid: 'k1', algorithms: ['ES256' as const], notBefore: null, at: at('keys.json', 1) }
  const keys = [
    { ...key, jwk: publicKey, notAfter: 1_900_000_000 },
    { ...key, kid: null, jwk: { kty: 'RSA', n: rsa.n, e: rsa.e }, notAfter: null },
  ]
  const manifest = await manifestOf(project([api([operation('GET', '/')])], { issuers: [{ ...issuer, keys }] }))
  const [ec, second] = manifest.issuers[0]?.keys ?? []
  assert.deepEqual(
    [ec?.type, ec?.expires, second?.type, second?.kid, second?.expires],
    ['EC P-256', '2030-03-17T17:46:40.000Z', 'RSA 2048', null, null],
  )
  // The thumbprint of RFC 7515's example key, computed after RFC 7638.
  assert.equal(ec?.thumbprint, 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U')
})
