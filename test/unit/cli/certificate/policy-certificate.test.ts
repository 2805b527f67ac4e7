/** The certificate of the sample: what is joined, and what comes first. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { sortedByStrength } from '../../../../src/cli/certificate/algorithm-strength.ts'
import { policyCertificate } from '../../../../src/cli/certificate/policy-certificate.ts'
import { certificateDocument, certificateTitle } from '../../../../src/cli/certificate/report.ts'
import { documentAsHtml } from '../../../../src/cli/formats/document-html.ts'
import { documentAsMarkdown } from '../../../../src/cli/formats/document-markdown.ts'
import { compile } from '../../../../src/compiler/compile.ts'
import type { Manifest } from '../../../../src/contract/manifest.ts'

let manifest: Manifest

before(async () => {
  const projectFolder = join(import.meta.dirname, '../../../golden/token-and-limits')
  const result = await compile({ projectFolder, now: new Date('2026-01-01T00:00:00Z') })
  assert.ok(result.kind === 'compiled')
  manifest = result.manifest
})

test('an operation has its issuers, with their algorithms', () => {
  const { operations, digest } = policyCertificate(manifest)
  assert.equal(digest, manifest.digest)
  for (const operation of operations) {
    const named = new Set(operation.security.alternatives.flatMap(({ issuers }) => issuers))
    assert.deepEqual(operation.issuers, [...named])
    assert.equal(operation.algorithms.length > 0, named.size > 0)
  }
})

test('open operations, keys in the order of their end, and waivers stand in the summary', () => {
  const [first, second] = manifest.operations
  const [issuer] = manifest.issuers
  assert.ok(first && second && issuer)
  const key = { kid: 'late', type: 'RSA 2048', algorithms: ['RS256'], thumbprint: '', begins: null, expires: '2030-01-01T00:00:00.000Z' }
  const keys = [{ ...key, kid: 'never', expires: null }, key, { ...key, kid: 'soon', expires: '2027-01-01T00:00:00.000Z' }]
  const waiver = { rule: 'unsecured-operation', pointer: '#/paths', reason: 'r', until: '2027-01-01', at: 'postern.yaml:9' }
  const open = { ...first, security: { ...first.security, anonymous: true } }
  const { summary } = policyCertificate({ ...manifest, waivers: [waiver], issuers: [{ ...issuer, keys }], operations: [open, second] })
  assert.deepEqual(
    summary.open.map(({ id }) => id),
    [first, second].filter((each) => each === first || each.security.kind === 'public').map(({ id }) => id),
  )
  assert.deepEqual(
    summary.keys.map(({ kid }) => kid),
    ['soon', 'late', 'never'],
  )
  assert.deepEqual([summary.waivers, summary.algorithms], [[waiver], ['RS256']])
})

test('an operation that is limited for some requests only stands among those without a limit', () => {
  const operation = manifest.operations.find(({ limits }) => limits.length > 0)
  const [limit] = operation?.limits ?? []
  assert.ok(operation && limit)
  const group = (condition: string, none: boolean) => ({ ...limit, conditions: [condition], ...(none ? { windows: [] } : {}) })
  const unlimited = (...limits: (typeof limit)[]): number => {
    const one = { ...operation, limits, callerLimits: false, concurrency: null }
    return policyCertificate({ ...manifest, throttling: null, operations: [one] }).summary.unlimited.length
  }
  assert.equal(unlimited(group('header x-a: any', true), group('otherwise', false)), 1)
  assert.equal(unlimited(group('header x-a: any', false), group('otherwise', true)), 1)
  assert.equal(unlimited(group('header x-a: any', false), group('otherwise', false)), 0)
  assert.equal(unlimited(group('header x-a: any', true), group('otherwise', false), { ...limit, level: 'backend' }), 0)
})

test('tiers that callers name limit an operation only where every caller has one, and tiers that refuse nothing limit none', () => {
  const operation = manifest.operations.find(({ limits, security }) => limits.length > 0 && security.kind === 'token')
  const [limit] = operation?.limits ?? []
  const { throttling } = manifest
  assert.ok(operation && limit && throttling)
  const unlimited = (otherwise: string | null, names: readonly string[], limits: readonly (typeof limit)[] = []): number => {
    const application = { tiers: [limit], unlimited: names, otherwise, unknown: 'refuse' as const }
    const one = { ...operation, limits, callerLimits: true, concurrency: null }
    const levels = { ...throttling, subscription: null, application, unauthenticated: [], custom: [] }
    return policyCertificate({ ...manifest, throttling: levels, operations: [one] }).summary.unlimited.length
  }
  assert.equal(unlimited(null, []), 1)
  assert.equal(unlimited(limit.tier, ['Unlimited']), 1)
  assert.equal(unlimited(limit.tier, []), 0)
  assert.equal(unlimited(null, [], [{ ...limit, conditions: [], whenUsedUp: 'mark' }]), 1)
})

test('what the project’s own code decides stands in the summary', () => {
  const module = { step: 'validateScopes', file: 'extensions/scopes.ts', digest: '', imports: [], at: 'postern.yaml:9' } as const
  const [first, second] = manifest.operations
  assert.ok(first && second)
  const own = { ...first, extensions: ['validateScopes' as const] }
  const extended = { ...manifest, extensions: { timeoutMilliseconds: 1000, modules: [module] }, operations: [own, second] }
  assert.deepEqual(policyCertificate(extended).summary.ownSteps, [{ step: 'validateScopes', operations: 1 }])
  assert.match(documentAsMarkdown(certificateDocument(extended)), /decides in the gateway’s place: validateScopes in 1 operation\./)
})

test('two versions of one API each say where they are', () => {
  const [api] = manifest.apis
  assert.ok(api)
  const text = documentAsMarkdown(
    certificateDocument({ ...manifest, apis: [api, { ...api, version: '9.0.0', basePath: '/v9', definition: 'v9.yaml' }] }),
  )
  for (const path of [api.basePath, '/v9']) assert.match(text, new RegExp(` at \`${path}\`, defined in`))
})

test('hostile names stay text in the report', async () => {
  const projectFolder = join(import.meta.dirname, '../../../golden/hostile-names')
  const result = await compile({ projectFolder, now: new Date('2026-01-01T00:00:00Z') })
  assert.ok(result.kind === 'compiled')
  const [operation] = result.manifest.operations
  assert.ok(operation)
  const hostile = {
    ...operation,
    id: '</code><script>x</script>',
    template: '/<img src=x onerror=y>|`b`',
    api: result.manifest.apis[0]!.name,
  }
  const named = { ...result.manifest, name: '"><script>', operations: [hostile] }
  const html = documentAsHtml(certificateTitle(named), certificateDocument(named))
  assert.ok(!/<(?:script|img)/.test(html) && html.includes('&lt;script&gt;x'))
  const markdown = documentAsMarkdown(certificateDocument(named))
  assert.ok(!markdown.replaceAll(/(`+).*?\1/g, '').includes('<'))
})

test('the weakest algorithm stands first, and what is not known before it', () => {
  assert.deepEqual(sortedByStrength(['ES512', 'RS256', 'EdDSA', 'PS256', 'RS256', 'HS1']), ['HS1', 'RS256', 'PS256', 'EdDSA', 'ES512'])
})
