/** A gateway with every kind of credential, transport and limit: what is good passes, and what was weakened is found. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { manifestFor, takeApart, withPlan } from '../../src/cli/selftest/embedded-plan.ts'
import { type BundleUnderTest, type SelftestResult, selftest } from '../../src/cli/selftest/selftest.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { OperationPlan } from '../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { Authority } from '../wire/authority.ts'

const answer = "responses: { '200': { description: Fine } }"

const files: Readonly<Record<string, string>> = {
  'postern.yaml': `name: kinds
version: 1.0.0
apis:
  - { definition: api.yaml, basePath: /v1, backend: "\${BACKEND_URL}", sandboxBackend: "\${SANDBOX_URL}" }
  - { definition: secure.yaml, basePath: /secure, backend: { url: "\${SECURE_URL}", http: 2 } }
issuers:
  - { issuer: https://bound.example.com, audiences: [kinds], keys: idp.pem, profile: at+jwt, senderConstrained: { by: [certificate, dpop], required: false } }
  - issuer: https://opaque.example.com
    audiences: [kinds]
    introspection: { url: "\${KEY_MANAGER_URL}", clientId: gateway, clientSecret: "\${SECRET}" }
  - { issuer: https://fetched.example.com, audiences: any, keys: { url: "\${KEY_SET_URL}", refresh: 1h } }
policies: policies.yaml
apiKeys: api-keys.yaml
users: users.yaml
clientCertificates:
  authorities: [clients.pem]
  holders:
    - { id: lab, subject: "CN=lab,O=Lab" }
    - { id: office, san: "DNS:office.example.com" }
publicOrigins: [https://api.example.com]
trustedProxies: [192.0.2.1]
revocation: { snapshot: revoked.yaml }
`,
  'api.yaml': `openapi: 3.1.0
info: { title: Kinds, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: key }
    user: { type: http, scheme: basic }
x-postern: { throttle: Shared, hardLimit: { production: { requests: 12, per: 1d } } }
paths:
  /bound: { get: { x-postern: { issuers: [https://bound.example.com] }, security: [{ token: [] }], ${answer} } }
  /opaque: { get: { x-postern: { issuers: [https://opaque.example.com] }, security: [{ token: [] }], ${answer} } }
  /fetched: { get: { security: [{ token: [] }, {}], x-postern: { throttle: Grouped, issuers: [https://fetched.example.com] }, ${answer} } }
  /key: { get: { security: [{ key: [] }], ${answer} } }
  /both: { post: { security: [{ key: [], user: [] }], x-throttling-tier: Even, ${answer} } }
  /pages: { get: { security: [], x-postern: { cors: { origins: [https://app.example.com] } }, ${answer} } }
  /chat: { get: { security: [{ key: [] }], x-postern: { upgrade: websocket }, ${answer} } }
`,
  'secure.yaml': `openapi: 3.1.0
info: { title: Secure, version: 1.0.0 }
x-wso2-transports: [https]
components: { securitySchemes: { certificate: { type: mutualTLS } } }
paths:
  /lab: { get: { x-postern: { certificates: [lab] }, security: [{ certificate: [] }], ${answer} } }
`,
  'policies.yaml':
    'tiers:\n  Shared: { requests: 40, per: 1m }\n  Even: { requests: 5, per: 1m, algorithm: gcra, burst: 3 }\n  Grouped: { groups: [{ when: { header: { X-Partner: any } }, limit: Unlimited }], otherwise: { requests: 30, per: 1m } }\ndeny:\n  - { address: 203.0.113.0/24, not: { api: Secure } }\n  - { claim: { org: suspended }, api: Kinds }\n  - { claim: { org: ["a, b", any] } }\ncustom:\n  Batch: { key: [address], when: { header: { X-Batch: any } }, limit: { requests: 60, per: day, timeZone: Europe/Berlin } }\n',
  'api-keys.yaml': `keys:
  - { id: near, digest: "sha256:${'ab'.repeat(32)}", addresses: [198.51.100.0/24] }
  - { id: gone, digest: "sha256:${'cd'.repeat(32)}" }
issuers: [{ issuer: "https://keys.example.com", keys: idp.pem }]
`,
  'users.yaml': `users: [{ name: alice, password: "scrypt$16384$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}" }]\n`,
  'revoked.yaml': '- { apiKey: gone }\n',
}

async function compiled(projectFolder: string): Promise<BundleUnderTest> {
  const result = await compile({ projectFolder, now: new Date() })
  assert.ok(result.kind === 'compiled', JSON.stringify(result.diagnostics.sorted))
  return { gateway: result.files['gateway.mjs'], manifestText: result.files['manifest.json'], manifest: result.manifest }
}

describe('postern selftest of every kind of credential', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-kinds-'))
  let bundle: BundleUnderTest

  before(async () => {
    const idp = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
    for (const [name, content] of Object.entries({ ...files, 'idp.pem': idp, 'clients.pem': new Authority('Clients').pem }))
      writeFileSync(join(folder, name), content)
    bundle = await compiled(folder)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  it('passes what is as certified', async () => {
    const result = await selftest(bundle, mkdtempSync(join(folder, 'run-')), () => {})
    assert.deepEqual(failuresOf(result), [])
    const passed = result.tested.flatMap((each) =>
      each.outcomes.flatMap((outcome) => (outcome.kind === 'passed' ? [`${each.operation?.template}: ${outcome.test}`] : [])),
    )
    for (const test of expected) assert.ok(passed.includes(test), `${test} is not among\n${passed.join('\n')}`)
  })

  it('certifies groups without a limit', () => {
    const fetched = bundle.manifest.operations.find(({ template }) => template === '/v1/fetched')
    assert.deepEqual(
      fetched?.limits.filter(({ level }) => level === 'operation').map(({ conditions, windows }) => [conditions, windows.length]),
      [
        [['header x-partner: any'], 0],
        [['otherwise'], 1],
      ],
    )
  })

  it('judges no proof that was not used before, where a step of the project’s own decides', async () => {
    const own = mkdtempSync(join(folder, 'own-'))
    const extended = {
      'postern.yaml': `${files['postern.yaml']}extensions: { validateScopes: extensions/scopes.ts }\n`,
      'extensions/scopes.ts': 'export function validateScopes() {\n  return { allow: true }\n}\n',
    }
    mkdirSync(join(own, 'extensions'))
    for (const name of [...Object.keys(files), 'idp.pem', 'clients.pem']) copyFileSync(join(folder, name), join(own, name))
    for (const [name, content] of Object.entries(extended)) writeFileSync(join(own, name), content)
    const result = await selftest(await compiled(own), mkdtempSync(join(folder, 'run-')), () => {})
    assert.deepEqual(failuresOf(result), [])
    const bound = result.tested.flatMap(({ outcomes }) =>
      outcomes.filter(({ test }) => /^token.*, bound to a key, the proof used/.test(test)),
    )
    assert.ok(bound.length > 0 && bound.every(({ kind }) => kind === 'not-tried'))
  })

  it('finds what was weakened', async () => {
    const text = takeApart(bundle.gateway)
    const weak = withPlan(text, weakened(text.plan))
    const manifestText = manifestFor(bundle.manifestText, weak)
    const manifest = JSON.parse(manifestText) as BundleUnderTest['manifest']
    const failures = failuresOf(await selftest({ gateway: weak, manifestText, manifest }, mkdtempSync(join(folder, 'run-')), () => {}))
    for (const test of found) assert.ok(failures.includes(test), `${test} is not among\n${failures.join('\n')}`)
  })
})

const expected = [
  '/v1/bound: token of https://bound.example.com, bound to a key, with its proof',
  '/v1/bound: token of https://bound.example.com, bound to a key, the proof used again',
  '/v1/bound: token of https://fetched.example.com, who is not accepted here',
  '/v1/opaque: token of https://opaque.example.com (opaque)',
  '/v1/opaque: token of https://opaque.example.com (opaque), unknown to the key manager',
  '/v1/fetched: nothing',
  '/v1/fetched: token of https://fetched.example.com, forged',
  '/v1/key: API key',
  '/v1/key: API key near, from another address',
  '/v1/key: API key gone, which is revoked',
  '/v1/key: signed API key, expired',
  '/v1/both: wrong password',
  '/v1/both: limit Even (operation): 3, and one more',
  '/v1/pages: a page of an unknown origin',
  '/v1/pages: limit hardLimit (backend): 12, and one more',
  '/v1/chat: API key',
  '/secure/lab: client certificate',
  'undefined: on the deny list (policies.yaml:6)',
  'undefined: on the deny list (policies.yaml:7)',
  'undefined: on the deny list (policies.yaml:8)',
  '/v1/fetched: as certified: limits',
  '/secure/lab: certificate of office, who is not named here',
  '/secure/lab: over http',
]

function weakened(plan: GatewayPlan): GatewayPlan {
  return {
    ...plan,
    deny: plan.deny.toSpliced(1, 1, [{ kind: 'method', negated: false, methods: ['TRACE'] }]),
    throttling: {
      ...plan.throttling,
      custom: plan.throttling.custom.map((each) => ({ ...each, conditions: [{ kind: 'method', negated: false, methods: ['TRACE'] }] })),
    },
    cors: plan.cors.map((cors) => ({ ...cors, origins: 'any' })),
    apiKeys: plan.apiKeys.map((key) => ({ ...key, addresses: [] })),
    issuers: plan.issuers.map((issuer) => ({ ...issuer, senderConstrained: { ...issuer.senderConstrained, dpop: false } })),
    operations: plan.operations.map((operation) => weakenedOperation(operation)),
  }
}

function weakenedOperation(operation: OperationPlan): OperationPlan {
  const { security, template } = operation
  if (template === '/secure/lab') return { ...operation, certificateHolders: [0, 1], transport: 'any' }
  if (template === '/v1/opaque') return { ...operation, production: { upstream: 1 } }
  if (template === '/v1/fetched') {
    const [, ...others] = operation.conditionalLimits.operation
    const everybody = { limit: null, conditions: [{ kind: 'header', negated: true, name: 'x-partner', values: 'any' } as const] }
    return { ...operation, conditionalLimits: { ...operation.conditionalLimits, operation: [everybody, ...others] } }
  }
  if (template !== '/v1/both' || security.kind !== 'credentials') return operation
  return { ...operation, security: { ...security, alternatives: security.alternatives.map((each) => ({ ...each, basic: null })) } }
}

const found = [
  'undefined: as certified: requests that are refused in any case',
  'undefined: as certified: limits of callers, and limits with keys of their own',
  '/v1/fetched: as certified: limits',
  'undefined: on the deny list (policies.yaml:7)',
  '/v1/pages: a page of an unknown origin',
  '/v1/key: API key near, from another address',
  '/v1/opaque: token of https://opaque.example.com (opaque)',
  '/v1/both: API key and password, without the password',
  '/v1/both: wrong password',
  '/v1/bound: token of https://bound.example.com, bound to a key, with its proof',
  '/secure/lab: certificate of office, who is not named here',
  '/secure/lab: over http',
]

function failuresOf({ tested }: SelftestResult): readonly string[] {
  return tested.flatMap((each) =>
    each.outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [`${each.operation?.template}: ${outcome.test}`] : [])),
  )
}
