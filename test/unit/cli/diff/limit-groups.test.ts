/** Tiers with groups: whoever is put before the others takes requests from them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import type { ManifestLimit } from '../../../../src/contract/manifest/limit.ts'
import { fullManifest } from './full-manifest.ts'

/** `null`: no limit. */
function group(amount: number | null, ...conditions: string[]): ManifestLimit {
  return {
    tier: 'Plans',
    level: 'api',
    by: 'consumer',
    backend: null,
    conditions,
    windows:
      amount === null
        ? []
        : [{ unit: 'requests', amount, algorithm: 'sliding', windowSeconds: 60, calendar: null, burst: null, exactness: '' }],
    whenUsedUp: 'refuse',
    namedAt: 'api.yaml:3',
    definedAt: 'policies.yaml:2',
  }
}

/** The classes of what differs, without what says nothing of limits. */
function classesOf(before: readonly ManifestLimit[], after: readonly ManifestLimit[]): readonly string[] {
  const side = (limits: readonly ManifestLimit[]) => ({
    manifest: { ...fullManifest, operations: fullManifest.operations.map((operation) => ({ ...operation, limits })) },
    gateway: '',
  })
  const found = compareGateways(side(before), side(after), new Date(0))
  return [...new Set(found.map((each) => each.class))].filter((each) => each !== 'harmless')
}

const gold = group(50, 'claim plan: gold')
const otherwise = group(10, 'otherwise')

test('a group that is new is held against those that it takes requests from', () => {
  const cases: readonly (readonly [ManifestLimit, readonly string[]])[] = [
    [group(null, 'header x-a: any'), ['weakening']],
    [group(5000, 'header x-a: any'), ['weakening', 'breaking']],
    [group(20, 'header x-a: any'), ['weakening', 'breaking']],
    [group(10, 'header x-a: any'), ['breaking']],
    [{ ...group(1, 'header x-a: any'), by: 'address' }, ['weakening', 'breaking']],
  ]
  for (const [added, expected] of cases) {
    assert.deepEqual(classesOf([gold, otherwise], [added, gold, otherwise]), expected, JSON.stringify(added))
  }
})

test('what stands behind a group takes nothing from it', () => {
  assert.deepEqual(
    classesOf(
      [group(5, 'method POST'), group(100, 'otherwise')],
      [group(5, 'method POST'), group(50, 'api Pets'), group(100, 'otherwise')],
    ),
    ['breaking'],
  )
})

test('a group that is gone leaves its requests to others', () => {
  assert.deepEqual(classesOf([gold, otherwise], [otherwise]), ['weakening', 'breaking'])
  assert.deepEqual(classesOf([group(null, 'address 10.0.0.0/8'), otherwise], [otherwise]), ['breaking'])
  assert.deepEqual(classesOf([group(1, 'method POST'), otherwise], [otherwise]), ['weakening'])
})

test('a limit that is lifted for a group, and one that is put on it', () => {
  assert.deepEqual(classesOf([gold, otherwise], [gold, group(null, 'otherwise')]), ['weakening'])
  assert.deepEqual(classesOf([gold, group(null, 'otherwise')], [gold, otherwise]), ['breaking'])
})
