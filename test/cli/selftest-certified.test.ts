/** What no request shows, as it is replaced or asks for a browser, a feed or a bad backend: the plan is held against the certificate. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { certifiedParts } from '../../src/cli/selftest/certified.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { Manifest } from '../../src/contract/manifest.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { Authority } from '../wire/authority.ts'

const files: Readonly<Record<string, string>> = {
  'postern.yaml': `name: parcels
version: 1.0.0
apis:
  - definition: api.yaml
    backend:
      url: "\${PARCELS_URL:-https://parcels.internal}"
      authorities: [backends.pem]
      serverName: parcels.internal
      credential: { basic: { user: gateway, password: "\${PARCELS_PASSWORD}" } }
issuers:
  - issuer: https://idp.example.com
    audiences: [parcels]
    keys: idp.pem
    introspection: { url: "https://idp.example.com/introspect", clientId: gateway, clientSecret: "\${SECRET}", authorities: [backends.pem] }
  - { issuer: https://other.example.com, audiences: [parcels], keys: { url: "https://other.example.com/keys", refresh: 5m } }
apiKeys: api-keys.yaml
subscriptions: subscriptions.yaml
backendToken: { key: "\${TOKEN_KEY}", claims: [email] }
consumerFields: { X-Consumer: consumer }
publicOrigins: [https://api.example.com]
clientCertificates: { authorities: [backends.pem], header: X-Certificate, holders: [{ id: lab, subject: "CN=lab" }] }
trustedProxies: [192.0.2.1]
revocation:
  deny: true
  persist: /var/lib/revoked
  feeds:
    - { type: list, url: "https://idp.example.com/revoked", every: 30s }
    - { type: etcd, endpoints: ["https://etcd.example.com:2379"], prefix: /revoked, authorities: [backends.pem], username: gateway, password: "\${ETCD_PASSWORD}" }
  onStale: { after: 2m, action: deny }
`,
  'api.yaml': `openapi: 3.1.0
info: { title: Parcels, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer }, key: { type: apiKey, in: header, name: X-Key }, certificate: { type: mutualTLS } } }
x-postern: { concurrency: { consumer: 5 }, cors: { origins: [https://app.example.com], headers: [Authorization, X-Key] } }
paths:
  /parcels: { get: { security: [{ token: [] }, { key: [] }], responses: { '200': { description: Fine } } } }
  /chat: { get: { security: [{ token: [] }], x-postern: { upgrade: { to: websocket, life: 1h } }, responses: { '200': { description: Fine } } } }
  /lab: { get: { security: [{ certificate: [] }], responses: { '200': { description: Fine } } } }
`,
  'subscriptions.yaml':
    'applications: [{ id: 1, name: App, keys: [{ issuer: "https://idp.example.com", client: c1 }], subscriptions: [{ api: Parcels, version: 1.0.0, state: BLOCKED }] }]\n',
  'api-keys.yaml': `keys: [{ id: near, digest: "sha256:${'ab'.repeat(32)}", apis: [Parcels], expires: 2090-01-01 }]\n`,
}

/** A plan that anybody may change in a test. */
type Changeable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Changeable<Value[Key]> } : Value

const changes: readonly (readonly [string, (plan: Changeable<GatewayPlan>) => void])[] = [
  [
    'issuers, their keys and where they are asked',
    ({ issuers }) => {
      issuers[0]!.audiences = ['parcels', 'others']
    },
  ],
  [
    'issuers, their keys and where they are asked',
    ({ issuers }) => {
      issuers[0]!.clockSkew = 600
    },
  ],
  [
    'issuers, their keys and where they are asked',
    ({ issuers }) => {
      issuers[0]!.introspection!.service.tls!.authorities = []
    },
  ],
  [
    'issuers, their keys and where they are asked',
    ({ issuers }) => {
      issuers[0]!.introspection!.cache.keep = 86_400_000
    },
  ],
  [
    'issuers, their keys and where they are asked',
    ({ issuers }) => {
      issuers[1]!.fetchedKeys!.refresh = 86_400_000
    },
  ],
  [
    'API keys',
    ({ apiKeys }) => {
      apiKeys[0]!.apis = null
    },
  ],
  [
    'API keys',
    ({ apiKeys }) => {
      apiKeys[0]!.expiresAt = null
    },
  ],
  [
    'authorities of client certificates and holders',
    (plan) => {
      plan.clientCertificates!.header = 'x-anybody'
    },
  ],
  [
    'authorities of client certificates and holders',
    (plan) => {
      plan.clientCertificates!.holders[0]!.consumer = 'another'
    },
  ],
  [
    'backends',
    ({ upstreams }) => {
      upstreams[0]!.tls!.authorities = []
    },
  ],
  [
    'backends',
    ({ upstreams }) => {
      upstreams[0]!.tls!.serverName = null
    },
  ],
  [
    'backends',
    ({ upstreams }) => {
      upstreams[0]!.credential = { kind: 'api-key', in: 'query', name: 'key', key: [] }
    },
  ],
  [
    'settings and what holds without them',
    ({ settings }) => {
      settings.find(({ name }) => name === 'PARCELS_URL')!.default = 'https://other'
    },
  ],
  [
    'ports, and public origins',
    (plan) => {
      plan.publicOrigins.push('https://other.example.com')
    },
  ],
  [
    'bounds',
    ({ limits }) => {
      limits.maxHead = 1_048_576
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      revocation!.denies = false
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      revocation!.persist = null
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      Object.assign(revocation!.feeds[0]!, { every: 3_600_000 })
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      Object.assign(revocation!.feeds[1]!, { prefix: '/others' })
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      revocation!.feeds[1]!.authorities = []
    },
  ],
  [
    'what is revoked, and the feeds that say so',
    ({ revocation }) => {
      revocation!.feeds[1]!.login = null
    },
  ],
  [
    'what holds while a feed is stale',
    ({ revocation }) => {
      revocation!.staleRules[0]!.action = 'allow'
    },
  ],
  [
    'pages of other origins',
    ({ cors }) => {
      cors[0]!.origins = 'any'
    },
  ],
  [
    'pages of other origins',
    ({ cors }) => {
      cors[0]!.credentials = true
    },
  ],
  [
    'what backends are told of callers',
    ({ operations }) => {
      operations[0]!.identity.credential = true
    },
  ],
  [
    'what backends are told of callers',
    (plan) => {
      plan.backendToken!.claims = 'all'
    },
  ],
  [
    'what backends are told of callers',
    (plan) => {
      plan.consumerFields[0]!.value = { kind: 'claim', name: 'email' }
    },
  ],
  [
    'applications and their subscriptions',
    ({ applications }) => {
      applications[0]!.subscriptions[0]!.state = 'active'
    },
  ],
  [
    'applications and their subscriptions',
    ({ applications }) => {
      applications[0]!.keys[0]!.holder = 'client:1:c1'
    },
  ],
  [
    'requests in flight, and tunnels',
    ({ operations }) => {
      operations[0]!.concurrency!.consumer = 500
    },
  ],
  [
    'requests in flight, and tunnels',
    ({ operations }) => {
      operations.find(({ upgrade }) => upgrade !== null)!.upgrade!.life = 0
    },
  ],
]

describe('a plan that was made otherwise than the certificate says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-certified-'))
  let plan: GatewayPlan
  let manifest: Manifest

  before(async () => {
    const idp = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
    for (const [name, content] of Object.entries({ ...files, 'idp.pem': idp, 'backends.pem': new Authority('Backends').pem }))
      writeFileSync(join(folder, name), content)
    const result = await compile({ projectFolder: folder, now: new Date() })
    assert.ok(result.kind === 'compiled', JSON.stringify(result.diagnostics.sorted))
    plan = result.plan
    manifest = result.manifest
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is found by the part that differs, and by no other', async () => {
    const failed = async (changed: GatewayPlan): Promise<readonly string[]> =>
      (await certifiedParts(changed, manifest)).flatMap(({ kind, test }) => (kind === 'failed' ? [test] : []))
    assert.deepEqual(await failed(plan), [])
    for (const [part, change] of changes) {
      const changed = structuredClone(plan) as Changeable<GatewayPlan>
      change(changed)
      assert.deepEqual(await failed(changed), [`as certified: ${part}`], String(change))
    }
  })
})
