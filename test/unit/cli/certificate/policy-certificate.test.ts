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
