import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { normalise } from '../../../../src/compiler/model/normalise.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const api = 'openapi: 3.0.3\ninfo: { title: A, version: "1" }\npaths: { /a: { get: { security: [] } } }\n'

function read(context: TestContext, files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder(context)
  for (const [name, content] of Object.entries({ 'a.yaml': api, ...files })) writeFileSync(join(folder, name), content)
  const diagnostics = new Diagnostics()
  const sources = new Sources(folder, diagnostics)
  return { project: normalise(sources, diagnostics), codes: diagnostics.sorted.map(({ code }) => code), inputs: sources.inputs }
}

test('a small project has every default', (context) => {
  const { project, codes, inputs } = read(context, { 'postern.yaml': 'name: shop\nversion: 1.0\napis: [{ definition: a.yaml }]\n' })
  assert.deepEqual(codes, [])
  assert.ok(project !== null)
  const { apis, at, ...rest } = project
  assert.equal(at.file, 'postern.yaml')
  assert.deepEqual(rest, {
    name: 'shop',
    version: '1.0',
    issuers: [],
    kubernetes: null,
    apiKeys: null,
    apiKeyIssuers: [],
    users: null,
    subscriptions: null,
    extensions: null,
    revocation: null,
    backendToken: null,
    consumerFields: null,
    tiers: new Map(),
    tierGroups: new Map(),
    applicationTiers: new Map(),
    subscriptionTiers: new Map(),
    throttling: { application: null, subscription: null, unauthenticated: null, replicas: 1, store: null, trafficManager: null },
    deny: [],
    customLimits: [],
    settings: new Map(),
    listen: { http: 8080, https: { value: 8443, at: null }, admin: 9090 },
    trustedProxies: [],
    publicOrigins: [],
    clientCertificates: null,
    errors: 'problem',
    waivers: [],
    limits: {
      maxHead: 16_384,
      maxFields: 100,
      maxTarget: 8192,
      maxBody: { value: 10_485_760, at: null },
      maxConnections: 10_000,
      maxUpstreamConnections: 256,
      maxUpstreamWaiting: 1024,
      maxTunnels: 1000,
      maxConsumers: 100_000,
      maxRevocations: 1_000_000,
    },
    timeouts: {
      head: 10_000,
      bodyIdle: 30_000,
      keepAlive: 75_000,
      connect: 5000,
      upstreamIdle: 30_000,
      upstreamLife: 300_000,
      answer: { value: 60_000, at: null },
      exchange: { value: 0, at: null },
    },
  })
  assert.deepEqual(
    apis.map(({ title }) => title),
    ['A'],
  )
  assert.deepEqual(
    inputs.map(({ file }) => file),
    ['a.yaml', 'postern.yaml'],
  )
})

test('a whole project has what it says', (context) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { project, codes } = read(context, {
    'idp.pem': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'limits.yaml': 'tiers: { Gold: { requests: 5000, per: 1m } }\n',
    'postern.yaml': `name: shop
version: 2.1.0-beta.1
apis:
  - { definition: ./a.yaml, backend: "http://127.0.0.1:9000", sandboxBackend: "\${SANDBOX:-http://127.0.0.1:9001}" }
policies: limits.yaml
issuers:
  - issuer: https://idp.example.com
    audiences: any
    keys: idp.pem
    algorithms: [RS256, ES256]
    clockSkew: 1m
    claims: { application: application.id }
  - { issuer: https://other.example.com, audiences: [shop, admin], keys: idp.pem }
listen: { http: 0, admin: 0 }
trustedProxies: [10.0.0.0/8, "::1"]
errors: wso2
waivers: [{ rule: unused-tier, at: "#", reason: later, until: 2027-06-30 }]
limits: { maxBody: 1MB, maxFields: 50 }
timeouts: { exchange: 5m, connect: 250ms }
throttling: { store: local }
`,
  })
  assert.deepEqual(codes, [])
  assert.equal(project?.version, '2.1.0-beta.1')
  assert.equal(project?.apis[0]?.definition, 'a.yaml')
  assert.deepEqual([...(project?.tiers.keys() ?? [])], ['Gold'])
  assert.deepEqual(project?.listen, { http: 0, https: { value: 8443, at: null }, admin: 0 })
  assert.deepEqual(project?.trustedProxies, ['10.0.0.0/8', '::1'])
  assert.equal(project?.errors, 'wso2')
  assert.deepEqual([project?.limits.maxBody.value, project?.limits.maxFields, project?.limits.maxHead], [1_000_000, 50, 16_384])
  assert.deepEqual([project?.timeouts.exchange.value, project?.timeouts.connect], [300_000, 250])
  assert.equal(project?.settings.get('SANDBOX')?.default, 'http://127.0.0.1:9001')
  const [waiver] = project?.waivers ?? []
  assert.deepEqual([waiver?.rule, waiver?.pointer, waiver?.reason, waiver?.until], ['unused-tier', '#', 'later', '2027-06-30'])

  const [first, second] = project?.issuers ?? []
  assert.deepEqual([first?.issuer, first?.audiences, first?.clockSkew], ['https://idp.example.com', 'any', 60])
  assert.deepEqual(first?.claims, {
    scope: 'scope',
    subject: 'sub',
    client: 'azp',
    application: 'application.id',
    keyType: 'keytype',
  })
  assert.deepEqual(first?.keys[0]?.algorithms, ['RS256'])
  assert.deepEqual([second?.audiences, second?.clockSkew, second?.keys[0]?.algorithms.length], [['shop', 'admin'], 5, 6])
})

test('every part is read even where another one has mistakes', (context) => {
  const { project, codes } = read(context, {
    'postern.yaml': `apis: [{ definition: a.yaml }, { definition: missing.yaml }]
issuers: [{ issuer: a, audiences: any, keys: missing.pem }]
`,
    'policies.yaml': 'tiers: { Gold: {} }\n',
  })
  assert.deepEqual(codes.toSorted(), [
    'invalid-policy',
    'invalid-policy',
    'invalid-project',
    'invalid-project',
    'unreadable-file',
    'unreadable-file',
  ])
  assert.equal(project?.apis.length, 1)
  assert.equal(project?.issuers.length, 1)
})

test('without a project file, or with unreadable policies, there is nothing to judge', (context) => {
  assert.equal(read(context, {}).project, null)
  const unreadable = read(context, { 'postern.yaml': 'name: a\nversion: 1\napis: [{ definition: a.yaml }]\npolicies: tiers.yaml\n' })
  assert.equal(unreadable.project, null)
  assert.deepEqual(unreadable.codes, ['unreadable-file'])
})
