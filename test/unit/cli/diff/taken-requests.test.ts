import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import { takenRequests } from '../../../../src/cli/diff/taken-requests.ts'
import type { ManifestOperation } from '../../../../src/contract/manifest/operation.ts'
import { fullManifest } from './full-manifest.ts'

const [sample] = fullManifest.operations
assert.ok(sample)

function at(template: string, more: Partial<ManifestOperation> = {}): ManifestOperation {
  return { ...sample!, template, ...more }
}

function taken(before: readonly string[], after: readonly string[]): readonly string[] | undefined {
  return takenRequests(
    before.map((template) => at(template)),
    after.map((template) => at(template)),
  )?.map(({ from, by }) => `${from.template} → ${by.template}`)
}

test('a path that is new takes requests from the nearest one around it', () => {
  assert.deepEqual(taken(['/a/{x}', '/{y}/{x}'], ['/a/{x}', '/{y}/{x}', '/a/b']), ['/a/{x} → /a/b'])
  assert.deepEqual(taken(['/a/{x}'], ['/a/{x}', '/a/{x}.json']), ['/a/{x} → /a/{x}.json'])
  assert.deepEqual(taken(['/{x}/b'], ['/{x}/b', '/a/{y}']), ['/{x}/b → /a/{y}'])
})

test('a path around others leaves them their requests', () => {
  assert.deepEqual(taken(['/a/b'], ['/a/b', '/a/{x}']), [])
  assert.deepEqual(taken(['/a/{x}', '/a/b'], ['/a/b']), [])
  assert.deepEqual(taken(['/a/{x}'], ['/a/{y}']), [])
  assert.deepEqual(taken(['/a/{x}'], ['/a/{x}/b', '/c/{x}']), [])
})

test('what is gone leaves its requests to the nearest path around it, or to the one that takes its place', () => {
  assert.deepEqual(taken(['/a/b', '/a/{x}', '/{y}/{x}'], ['/a/{x}', '/{y}/{x}']), ['/a/b → /a/{x}'])
  assert.deepEqual(taken(['/a/{x}'], ['/a/{x}.{y}']), ['/a/{x} → /a/{x}.{y}'])
})

test('a path that is new refuses the methods that it does not have', () => {
  const [get, post] = [at('/a/{x}'), at('/a/{x}', { method: 'POST' })]
  const found = takenRequests([get, post], [get, post, at('/a/b')])
  assert.deepEqual(
    found?.map(({ from, refused }) => [from.method, refused]),
    [
      ['GET', false],
      ['POST', true],
    ],
  )
  assert.deepEqual(
    takenRequests([get, post], [get, post, at('/a/b'), at('/a/b', { method: 'POST' })])?.map(({ refused }) => refused),
    [false, false],
  )
})

test('requests that go another way are judged by what holds for them now', () => {
  const open = {
    ...sample.security,
    kind: 'public' as const,
    anonymous: true,
    alternatives: [],
    apiKeyPlaces: [],
    header: null,
    dpop: false,
  }
  const before = { ...fullManifest, operations: [at('/a/{x}')] }
  const slower = at('/a/b', { security: { ...sample.security, alternatives: sample.security.alternatives.slice(1) }, limits: [] })
  const differences = (operations: readonly ManifestOperation[]) =>
    compareGateways({ manifest: before, gateway: '' }, { manifest: { ...before, operations }, gateway: '' }, new Date(0))
  const found = differences([at('/a/{x}'), slower]).filter((each) => each.class === 'weakening')
  assert.deepEqual(
    found.map(({ of, rule }) => `${of} ${rule}`),
    ['GET /a/b operations.limits', 'GET /a/b operations.limits', 'GET /a/b operations.limits'],
  )
  assert.ok(found.every(({ text }) => text.startsWith('for requests that GET /a/{x} took: ')))
  assert.ok(differences([at('/a/{x}'), at('/a/b', { security: open })]).some(({ text }) => text.includes('took: it is public')))
})
