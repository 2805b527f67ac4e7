/** A gateway that is what its certificate says passes; each way in which it is weaker is found, and told. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eachOf } from '../../src/cli/selftest/case-run.ts'
import { manifestFor, takeApart, withPlan } from '../../src/cli/selftest/embedded-plan.ts'
import { type BundleUnderTest, type SelftestResult, selftest } from '../../src/cli/selftest/selftest.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { OperationPlan } from '../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { runCli } from './run-cli.ts'

const definition = `openapi: 3.1.0
info: { title: Books, version: 1.0.0 }
x-throttling-tier: Busy
components:
  securitySchemes:
    login:
      type: oauth2
      flows: { clientCredentials: { tokenUrl: "https://idp.example.com/token", scopes: { read: See, write: Add, all: Both } } }
    key: { type: apiKey, in: header, name: X-API-Key }
paths:
  /health:
    get: { security: [], responses: { '200': { description: Fine } } }
  /books/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { security: [{ login: [read] }, { login: [all] }], x-throttling-tier: Few, responses: { '200': { description: One } } }
    put: { security: [{ login: [read, write] }], x-postern: { maxBody: 1KB }, responses: { '200': { description: One } } }
    delete: { security: [{ key: [write] }], responses: { '204': { description: Gone } } }
`

const project = `name: bookshop
version: 1.0.0
apis: [{ definition: books.yaml, basePath: /shop, backend: "\${BACKEND_URL}" }]
policies: policies.yaml
issuers: [{ issuer: "https://idp.example.com", audiences: [bookshop], keys: idp.pem }]
apiKeys: api-keys.yaml
revocation: { feeds: [{ type: list, url: "\${REVOKED_URL}" }] }
`

describe('postern selftest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-selftested-'))
  let bundle: BundleUnderTest

  before(async () => {
    const idp = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
    const files = {
      'postern.yaml': project,
      'books.yaml': definition,
      'policies.yaml': 'tiers:\n  Few: { requests: 3, per: 1m }\n  Busy: { requests: 9000, per: 1h }\n',
      'idp.pem': idp,
      'api-keys.yaml': `keys:\n  - { id: clerk, digest: "sha256:${'ab'.repeat(32)}", scopes: [write] }\n  - { id: guest, digest: "sha256:${'cd'.repeat(32)}" }\n`,
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const result = await compile({ projectFolder: folder, now: new Date() })
    assert.ok(result.kind === 'compiled', result.kind === 'rejected' ? JSON.stringify(result.diagnostics.sorted) : '')
    const { files: built, manifest } = result
    bundle = { gateway: built['gateway.mjs'], manifestText: built['manifest.json'], manifest }
    mkdirSync(join(folder, 'dist'))
    for (const [name, content] of Object.entries(built)) writeFileSync(join(folder, 'dist', name), content)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  it('passes a bundle, in all formats, and leaves nothing behind', async () => {
    const junit = join(folder, 'junit.xml')
    const temporary = join(folder, 'tmp')
    mkdirSync(temporary)
    const { code, stdout, stderr } = await runCli(['selftest', join(folder, 'dist'), '--format', 'json', '--junit', junit], {
      env: { TMPDIR: temporary },
    })
    assert.equal(code, 0, stdout + stderr)
    assert.match(stderr, /^\d+ tests passed, 0 failed, \d+ not tried\.\n$/)
    const result = JSON.parse(stdout) as SelftestResult
    const names = testsOf(result, 'GET /shop/books/{id}')
    for (const name of [
      'no credential',
      'token with read',
      'token with all',
      'token, forged',
      'token, expired',
      'token, for another audience',
      'token, revoked',
      'encoded traversal',
      'two lengths',
      'limit Few (operation): 3, and one more',
    ])
      assert.ok(names.includes(name), `${name} is among ${names.join(', ')}`)
    assert.ok(testsOf(result, 'PUT /shop/books/{id}').includes('limit Busy (api): 9000, of which 21 stand here, and one more'))
    assert.ok(testsOf(result, 'DELETE /shop/books/{id}').includes('revoked API key'))
    assert.deepEqual(result.scaled, [{ certified: 9000, amount: 21 }])
    const notTried = result.tested.flatMap(({ outcomes }) =>
      outcomes.flatMap((outcome) => (outcome.kind === 'not-tried' ? [outcome.test] : [])),
    )
    assert.ok(notTried.includes('feeds of revocations'))
    assert.ok(result.replaced.some(({ places }) => places.includes('/issuers/0/keys/0/jwk/x')))
    const xml = readFileSync(junit, 'utf8')
    assert.match(xml, /<testsuite name="GET \/shop\/books\/\{id\}" tests="\d+" failures="0" skipped="\d+">/)
    assert.match(xml, /<testcase [^>]+name="token, forged" file="books.yaml:\d+"\/>/)
    assert.deepEqual(readdirSync(temporary), [])
  })

  type Mutant = {
    readonly what: string
    readonly change: (plan: GatewayPlan) => GatewayPlan
    /** What finds it. */
    readonly operation: string | null
    readonly test: string
  }

  /** Those of one list are in one bundle, as none hides another. */
  const mutants: readonly (readonly Mutant[])[] = [
    [
      {
        what: 'a scope that is not asked for',
        change: changed('put', (operation) => withScopes(operation, (scopes) => scopes.slice(1))),
        operation: 'PUT /shop/books/{id}',
        test: 'token with read write, without read',
      },
      {
        what: 'API keys that are not asked for',
        change: changed('delete', (operation) => ({ ...operation, security: { kind: 'public' } })),
        operation: 'DELETE /shop/books/{id}',
        test: 'unknown API key',
      },
      {
        what: 'a small limit that was raised',
        change: limited(3, 4),
        operation: 'GET /shop/books/{id}',
        test: 'limit Few (operation): 3, and one more',
      },
      {
        what: 'another backend',
        change: (plan) => ({
          ...plan,
          upstreams: plan.upstreams.map((upstream) => ({ ...upstream, url: ['http://elsewhere.example.com'] })),
        }),
        operation: null,
        test: 'as certified: backends',
      },
    ],
    [
      {
        what: 'an operation that was made public',
        change: changed('get', (operation) => ({ ...operation, security: { kind: 'public' } })),
        operation: 'GET /shop/books/{id}',
        test: 'no credential',
      },
      {
        what: 'bodies of any size',
        change: changed('put', (operation) => ({ ...operation, maxBody: Number.MAX_SAFE_INTEGER })),
        operation: 'PUT /shop/books/{id}',
        test: 'a body of a byte too many, undeclared',
      },
      {
        what: 'a large limit that was raised',
        change: limited(9000, 9001),
        operation: 'PUT /shop/books/{id}',
        test: 'as certified: limits',
      },
      {
        what: 'a key that nobody has certified',
        change: (plan) => ({
          ...plan,
          issuers: plan.issuers.map((issuer) => ({ ...issuer, keys: [...issuer.keys, { ...issuer.keys[0]!, kid: 'another' }] })),
        }),
        operation: null,
        test: 'as certified: issuers, their keys and where they are asked',
      },
    ],
    [
      {
        what: 'tokens for any audience',
        change: (plan) => ({ ...plan, issuers: plan.issuers.map((issuer) => ({ ...issuer, audiences: 'any' })) }),
        operation: 'GET /shop/books/{id}',
        test: 'token, for another audience',
      },
      {
        what: 'a clock that lets tokens live on',
        change: (plan) => ({ ...plan, issuers: plan.issuers.map((issuer) => ({ ...issuer, clockSkew: 3600 })) }),
        operation: 'GET /shop/books/{id}',
        test: 'token, expired',
      },
      {
        what: 'a limit that is not there',
        change: changed('get', (operation) => ({ ...operation, limits: operation.limits.slice(0, 1) })),
        operation: 'GET /shop/books/{id}',
        test: 'limit Few (operation): 3, and one more',
      },
      {
        what: 'nothing is revoked',
        change: (plan) => ({
          ...plan,
          revocation: null,
          operations: plan.operations.map((operation) => ({ ...operation, onStale: null })),
        }),
        operation: 'PUT /shop/books/{id}',
        test: 'token, revoked',
      },
    ],
  ]

  it('finds each way in which a bundle is weaker than its certificate', async () => {
    await eachOf(mutants, 2, async (together) => {
      const altered = weakened(bundle, (plan) => together.reduce((changedPlan, { change }) => change(changedPlan), plan))
      const { tested } = await selftest(altered, mkdtempSync(join(folder, 'run-')), () => {})
      const failed = tested.flatMap((each) =>
        each.outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [`${nameOf(each)}: ${outcome.test}`] : [])),
      )
      for (const { what, operation, test } of together) assert.ok(failed.includes(`${operation}: ${test}`), `${what}: ${failed.join('; ')}`)
    })
  })

  it('says what a weaker bundle did, and ends with 1', async () => {
    const weak = join(folder, 'weak')
    mkdirSync(weak)
    const { gateway, manifestText } = weakened(bundle, mutants[0]![0]!.change)
    writeFileSync(join(weak, 'gateway.mjs'), gateway)
    writeFileSync(join(weak, 'manifest.json'), manifestText)
    const { code, stdout, stderr } = await runCli(['selftest', weak])
    assert.equal(code, 1)
    assert.match(stderr, /, 1 failed, /)
    assert.match(stdout, /PUT \/shop\/books\/\{id\} +\d+ passed +1 FAILED/)
    assert.match(
      stdout,
      /expected {2}403 scope-missing \(code 900910\), and nothing at a backend\n {4}found {5}200: it was let through, and backend 0 got it\n/,
    )
    assert.ok(!existsSync(join(weak, 'dist')))
  })

  function changed(method: string, change: (operation: OperationPlan) => OperationPlan): (plan: GatewayPlan) => GatewayPlan {
    return (plan) => ({
      ...plan,
      operations: plan.operations.map((operation) =>
        operation.method === method.toUpperCase() && operation.path.length > 2 ? change(operation) : operation,
      ),
    })
  }

  function withScopes(operation: OperationPlan, change: (scopes: readonly number[]) => readonly number[]): OperationPlan {
    const { security } = operation
    if (security.kind !== 'token') throw new Error('an operation with tokens is asked for')
    const alternatives = security.alternatives.map((alternative) => ({ ...alternative, scopes: change(alternative.scopes) }))
    return { ...operation, security: { ...security, alternatives } }
  }

  function limited(from: number, to: number): (plan: GatewayPlan) => GatewayPlan {
    return (plan) => ({
      ...plan,
      throttling: {
        ...plan.throttling,
        limits: plan.throttling.limits.map((limit) => ({
          ...limit,
          windows: limit.windows.map((window) => (window.amount === from ? { ...window, amount: to } : window)),
        })),
      },
    })
  }
})

/** As somebody would do it who can write the files: the manifest fits the altered gateway. */
function weakened({ gateway, manifestText }: BundleUnderTest, change: (plan: GatewayPlan) => GatewayPlan): BundleUnderTest {
  const text = takeApart(gateway)
  const altered = withPlan(text, change(text.plan))
  const described = manifestFor(manifestText, altered)
  return { gateway: altered, manifestText: described, manifest: JSON.parse(described) as BundleUnderTest['manifest'] }
}

function nameOf({ operation }: SelftestResult['tested'][number]): string {
  return operation === null ? 'null' : `${operation.method} ${operation.template}`
}

function testsOf({ tested }: SelftestResult, name: string): readonly string[] {
  return tested.flatMap((each) => (nameOf(each) === name ? each.outcomes.map(({ test }) => test) : []))
}
