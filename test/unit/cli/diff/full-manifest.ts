/** A manifest in which everything is there: no member is `null` and no list empty, but where the types leave no choice. */
import type { ManifestAuthority } from '../../../../src/contract/manifest/authority.ts'
import type { ManifestBackend, ManifestBackendCredential } from '../../../../src/contract/manifest/backend.ts'
import type { ManifestClient } from '../../../../src/contract/manifest/client-authentication.ts'
import type { ManifestIssuer } from '../../../../src/contract/manifest/issuer.ts'
import type { ManifestLimit } from '../../../../src/contract/manifest/limit.ts'
import type { ManifestOperation } from '../../../../src/contract/manifest/operation.ts'
import type { ManifestBackendTls } from '../../../../src/contract/manifest/tls.ts'
import type { Manifest } from '../../../../src/contract/manifest.ts'

const expires = '2030-01-01T00:00:00.000Z'
const authority: ManifestAuthority = { subject: 'CN=Authority', fingerprint: 'ab12', expires, at: 'keys/ca.pem:1' }

const tls: ManifestBackendTls = {
  authorities: [authority, { ...authority, fingerprint: 'cd34', at: 'keys/ca.pem:20' }],
  clientCertificate: { certificate: '${CERTIFICATE}', key: '${KEY}' },
  serverName: 'backend.internal',
}

const client: ManifestClient = {
  authentication: 'private_key_jwt',
  id: 'gateway',
  proof: '${KEY_FILE}',
  keyId: 'k1',
  audience: 'https://idp.example.com',
}

const at = 'postern.yaml:7'
const credentials: readonly ManifestBackendCredential[] = [
  { kind: 'basic', user: 'gateway', password: '${PASSWORD}', at },
  { kind: 'digest', user: 'gateway', password: '${PASSWORD}', algorithms: ['SHA-256', 'MD5'], at },
  { kind: 'api-key', in: 'header', name: 'x-key', key: '${API_KEY}', at },
  {
    kind: 'client-credentials',
    url: 'https://idp.example.com/token',
    plainHttp: false,
    client,
    tls,
    scopes: ['all', 'more'],
    audience: 'backend',
    at,
  },
]

function backend(index: number): ManifestBackend {
  return { index, url: `https://backend-${index}.internal`, http: '1.1', tls, credential: credentials[index % credentials.length]!, at }
}

function limit(tier: string, level: ManifestLimit['level'], by: ManifestLimit['by'] = 'consumer'): ManifestLimit {
  const exactness = 'never exceeded'
  return {
    tier,
    level,
    by,
    backend: level === 'backend' ? 'production' : null,
    conditions: level === 'operation' ? ['method GET', 'address 10.0.0.0/8'] : [],
    windows: [
      { unit: 'requests', amount: 100, algorithm: 'sliding', windowSeconds: 60, calendar: null, burst: null, exactness },
      { unit: 'requests', amount: 100_000, algorithm: 'gcra', windowSeconds: 3600, calendar: null, burst: 500, exactness },
      {
        unit: 'bytes',
        amount: 5000,
        algorithm: 'calendar',
        windowSeconds: null,
        calendar: { period: 'day', timeZone: 'Europe/Berlin' },
        burst: null,
        exactness,
      },
    ],
    whenUsedUp: 'refuse',
    namedAt: 'api.yaml:5',
    definedAt: 'policies.yaml:2',
  }
}

const keys: ManifestIssuer['keys'] = [
  { kid: 'k1', type: 'RSA 2048', algorithms: ['RS256', 'PS256'], thumbprint: 'one', begins: '2025-01-01T00:00:00.000Z', expires },
  { kid: 'k2', type: 'EC P-256', algorithms: ['ES256'], thumbprint: 'two', begins: '2025-01-01T00:00:00.000Z', expires },
]

function issuer(name: string): ManifestIssuer {
  return {
    issuer: name,
    audiences: ['shop', 'store'],
    at: 'postern.yaml:9',
    clockSkewSeconds: 30,
    claims: { scope: 'scope', subject: 'sub', client: 'client_id', application: 'application.id', keyType: 'keytype' },
    profile: 'at+jwt',
    senderConstrained: { certificate: true, dpop: true, required: true },
    fetchedKeys: {
      url: 'https://idp/keys',
      plainHttp: false,
      tls,
      refreshSeconds: 300,
      algorithms: ['RS256', 'ES256'],
      at: 'postern.yaml:11',
    },
    introspection: {
      url: 'https://idp/introspect',
      plainHttp: false,
      tls,
      client,
      timeoutMilliseconds: 1000,
      lookups: 64,
      cache: {
        mode: 'shared',
        keepMilliseconds: 60_000,
        keepInvalidMilliseconds: 5000,
        shared: { url: 'rediss://r', plainTcp: false, authorities: [authority], secret: '${SECRET}', timeoutMilliseconds: 50 },
      },
      at: 'postern.yaml:14',
    },
    keys,
  }
}

const idp = 'https://idp.example.com'

const operation: ManifestOperation = {
  api: 'Shop',
  id: 'listBooks',
  method: 'GET',
  template: '/shop/books/{id}',
  at: 'api.yaml:10',
  parameters: [
    { in: 'query', name: 'page', required: false, at: 'api.yaml:11' },
    { in: 'body', name: '', required: true, at: 'api.yaml:12' },
  ],
  security: {
    kind: 'credentials',
    at: 'api.yaml:13',
    header: 'authorization',
    headerAt: 'api.yaml:14',
    issuersAt: 'api.yaml:15',
    dpop: true,
    anonymous: false,
    certificateSuffices: false,
    apiKeyPlaces: [
      { in: 'header', name: 'x-key' },
      { in: 'query', name: 'key' },
    ],
    alternatives: [
      {
        credentials: [
          { kind: 'token', scopes: ['read', 'write'] },
          { kind: 'certificate', scopes: [] },
        ],
        issuers: [idp, 'https://other.example.com'],
        certificate: true,
      },
      {
        credentials: [
          { kind: 'apiKey', scopes: ['read'] },
          { kind: 'basic', scopes: ['read'] },
        ],
        issuers: [],
        certificate: false,
      },
    ],
  },
  clientCertificate: { asked: 'optional', at: 'api.yaml:16', holders: ['one', 'two'], holdersAt: 'api.yaml:17' },
  subscription: { issuers: [idp, 'https://other.example.com'], apiKeysAndUsers: true, certificate: true, at: 'api.yaml:18' },
  extensions: ['validateToken', 'validateSubscription'],
  transport: { kind: 'https', at: 'api.yaml:19' },
  limits: [limit('Gold', 'api'), limit('Slow', 'operation', 'address'), limit('hard', 'backend', 'api')],
  concurrency: { api: 10, consumer: 5, production: 8, sandbox: 2, waitMilliseconds: 100, at: 'api.yaml:20' },
  callerLimits: true,
  backends: { production: backend(0), sandbox: backend(1) },
  maxBody: { bytes: 1024, at: 'api.yaml:21' },
  timeouts: {
    answerMilliseconds: 5000,
    answerAt: 'api.yaml:22',
    exchangeMilliseconds: 10_000,
    exchangeAt: 'api.yaml:23',
    bodyIdleMilliseconds: 3000,
    streamIdleMilliseconds: 4000,
    idleAt: 'api.yaml:24',
  },
  identity: { token: true, tokenAt: 'api.yaml:25', fields: true, fieldsAt: 'api.yaml:26', credential: true, credentialAt: 'api.yaml:27' },
  upgrade: {
    protocol: 'websocket',
    idleMilliseconds: 60_000,
    lifeMilliseconds: 3_600_000,
    tokenProtocol: 'bearer',
    maxFrameBytes: 65_536,
    limit: { frames: 10, bytes: 1000, perMilliseconds: 1000 },
    perConsumer: 3,
    at: 'api.yaml:28',
  },
  cors: {
    origins: ['https://a.example', 'https://b.example'],
    headers: ['x-a', 'x-b'],
    expose: ['x-c', 'x-d'],
    credentials: true,
    maxAgeSeconds: 600,
    at: 'api.yaml:29',
  },
  keyManager: { endpoint: 'token', issuer: idp },
  onStale: { afterMilliseconds: 60_000, action: 'deny', at: 'api.yaml:30' },
}

export const fullManifest: Manifest = {
  digest: 'sha256:00',
  format: 1,
  name: 'shop',
  version: '1.0.0',
  compiler: { postern: '0.1.0', esbuild: '0.25.0' },
  node: '>=24',
  inputs: [{ file: 'postern.yaml', digest: 'sha256:01' }],
  capabilities: ['jwt', 'throttle'],
  listeners: {
    http: 8080,
    https: 8443,
    httpsRequiredBy: ['api.yaml: asks for client certificates', 'other.yaml: too'],
    admin: 9090,
    trustedProxies: ['10.0.0.0/8', '192.0.2.1'],
    publicOrigins: ['https://api.example.com', 'https://www.example.com'],
  },
  errors: 'problem',
  bounds: {
    maxHead: 16_384,
    maxFields: 100,
    maxTarget: 8192,
    maxConnections: 10_000,
    maxUpstreamConnections: 256,
    maxUpstreamWaiting: 1024,
    maxTunnels: 1000,
  },
  timeouts: { head: 10_000, bodyIdle: 30_000, keepAlive: 75_000, connect: 5000, upstreamIdle: 30_000, upstreamLife: 300_000 },
  waivers: [{ rule: 'unsecured-operation', pointer: '#/paths/~1health', reason: 'probes', until: '2027-01-01', at: 'postern.yaml:40' }],
  settings: [{ name: 'BACKEND_URL', required: false, default: 'http://127.0.0.1:9000', usedFor: ['backend of Shop', 'more'] }],
  apis: [{ name: 'Shop', version: '1.0.0', basePath: '/shop', basePathAt: 'postern.yaml:4', definition: 'api.yaml', operations: 3 }],
  issuers: [issuer(idp), issuer('https://other.example.com')],
  apiKeys: [
    {
      id: 'partner',
      digest: 'scrypt',
      consumer: 'partner',
      tier: 'Gold',
      scopes: ['read', 'write'],
      apis: ['Shop', 'Other'],
      addresses: ['10.0.0.0/8', '192.0.2.1'],
      origins: ['https://a.example', 'https://b.example'],
      expires,
      at: 'api-keys.yaml:2',
    },
  ],
  apiKeyIssuers: [{ issuer: idp, at: 'api-keys.yaml:20', clockSkewSeconds: 30, validateAllowedAPIs: true, typed: true, keys }],
  users: [{ name: 'anna', digest: 'scrypt', scopes: ['read', 'write'], at: 'users.yaml:2' }],
  applications: [
    {
      id: 'app',
      uuid: '7b0d',
      name: 'App',
      owner: 'anna',
      tier: 'Gold',
      keys: [{ holder: 'client:0:app', keyType: 'production', domains: ['a.example', '*.b.example'] }],
      subscriptions: [{ api: 'Shop', version: '1.0.0', tier: 'Gold', state: 'active' }],
      at: 'subscriptions.yaml:3',
    },
  ],
  extensions: {
    timeoutMilliseconds: 1000,
    modules: [
      {
        step: 'validateToken',
        file: 'own/token.mjs',
        digest: 'sha256:02',
        imports: [{ file: 'own/shared.mjs', digest: 'sha256:03' }],
        at: 'postern.yaml:50',
      },
    ],
  },
  revocation: {
    snapshot: 2,
    snapshotAt: 'postern.yaml:60',
    persist: '${DIR}',
    capacity: 1000,
    feeds: [
      {
        type: 'list',
        addresses: ['https://revoked.example.com/list'],
        followed: 'all',
        publishes: true,
        login: { username: 'gateway', password: '${FEED_PASSWORD}' },
        authorities: [authority],
        everyMilliseconds: 30_000,
        keepMilliseconds: 60_000,
        at: 'postern.yaml:62',
      },
    ],
    denies: true,
    onStale: { afterMilliseconds: 120_000, action: 'deny' },
    at: 'postern.yaml:58',
  },
  deny: [{ conditions: ['address 203.0.113.0/24', 'method POST'], at: 'policies.yaml:9' }],
  throttling: {
    store: {
      kind: 'redis',
      urls: ['rediss://a', 'rediss://b'],
      topology: 'sentinel',
      master: 'main',
      plainTcp: false,
      authorities: [authority],
      secret: '${STORE_SECRET}',
      mode: 'strict',
      whenAway: 'deny',
      replicas: 3,
      timeoutMilliseconds: 50,
    },
    replicas: 3,
    capacity: 100_000,
    memoryBytes: 26_405_696,
    rings: 3_552,
    subscription: {
      tiers: [limit('Gold', 'subscription'), limit('Silver', 'subscription')],
      unlimited: ['Free'],
      otherwise: 'Gold',
      unknown: 'refuse',
    },
    application: { tiers: [limit('Big', 'application', 'application')], unlimited: ['Huge'], otherwise: 'Big', unknown: 'refuse' },
    unauthenticated: [limit('Anonymous', 'subscription', 'address')],
    custom: [{ limit: limit('own', 'custom', 'key'), key: ['header:x-tenant', 'address'], conditions: ['method GET'] }],
  },
  backendToken: {
    header: 'x-jwt-assertion',
    key: '${SIGNING_KEY}',
    algorithm: 'ES256',
    issuer: 'gateway',
    audiences: ['backend', 'other'],
    dialect: 'http://wso2.org/claims',
    claims: ['email', 'name'],
    lifetimeSeconds: 900,
    at: 'postern.yaml:70',
  },
  consumerFields: [{ name: 'X-Consumer', value: 'consumer' }],
  clientCertificates: {
    header: 'x-client-certificate',
    authorities: [{ ...authority, everywhere: true }],
    holders: ['one', 'two'].map((id) => ({
      id,
      consumer: 'partner',
      thumbprint: 'ef56',
      subject: 'CN=Partner',
      san: 'DNS:partner.example',
      authorities: ['CN=Authority', 'CN=Other'],
      at: 'postern.yaml:80',
    })),
  },
  backends: [backend(0), backend(1), backend(2), backend(3)],
  operations: [operation, { ...operation, method: 'POST', backends: { production: backend(2), sandbox: backend(3) } }],
  files: [{ file: 'Dockerfile', digest: 'sha256:04' }],
}
