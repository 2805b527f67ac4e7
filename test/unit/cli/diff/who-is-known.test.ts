/** Applications that are gone, tiers that are new, and issuers that conditions name by their place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import type { ManifestThrottling } from '../../../../src/contract/manifest/throttling.ts'
import type { Manifest } from '../../../../src/contract/manifest.ts'
import { fullManifest } from './full-manifest.ts'

function weakenings(before: Manifest, after: Manifest): readonly string[] {
  return compareGateways({ manifest: before, gateway: '' }, { manifest: after, gateway: '' }, new Date(0))
    .filter((each) => each.class === 'weakening')
    .map(({ of, text }) => `${of}: ${text}`)
}

test('a client that no application has any more says itself what it may', () => {
  const [application] = fullManifest.applications
  assert.ok(application)
  const [key] = application.keys
  assert.ok(key)
  const gone = weakenings(fullManifest, { ...fullManifest, applications: [] })
  assert.equal(gone.length, fullManifest.applications.flatMap(({ keys }) => keys).length)
  assert.match(gone[0] ?? '', /no application has `client:.*` any more: what its tokens/)
  const known = { ...application, keys: [{ ...key, holder: 'user:alice' }] }
  assert.deepEqual(weakenings({ ...fullManifest, applications: [known] }, { ...fullManifest, applications: [] }), [])
})

test('a tier that is new holds for callers that had another, or were refused', () => {
  const { throttling } = fullManifest
  const tiers = throttling?.subscription
  const [tier] = tiers?.tiers ?? []
  assert.ok(throttling && tiers && tier)
  const subscription = { ...tiers, tiers: [...tiers.tiers, { ...tier, tier: 'Platinum' }] }
  const after: ManifestThrottling = { ...throttling, subscription }
  assert.match(weakenings(fullManifest, { ...fullManifest, throttling: after }).join('\n'), /may have the subscription tier `Platinum`: /)
})

test('groups of a caller’s tier may not change places, and tiers may', () => {
  const { throttling } = fullManifest
  const tiers = throttling?.subscription
  const [tier] = tiers?.tiers ?? []
  assert.ok(throttling && tiers && tier)
  const side = (...list: (typeof tier)[]): Manifest => ({
    ...fullManifest,
    throttling: { ...throttling, subscription: { ...tiers, tiers: list } },
  })
  const [gold, silver, one, two] = [
    { ...tier, tier: 'Gold' },
    { ...tier, tier: 'Silver' },
    { ...tier, conditions: ['method GET'] },
    { ...tier, conditions: ['otherwise'] },
  ]
  assert.deepEqual(weakenings(side(gold, silver), side(silver, gold)), [])
  assert.match(weakenings(side(one, two), side(two, one)).join(), /stand in another order/)
})

test('issuers in another order are others for conditions that name them by their place', () => {
  const [issuer] = fullManifest.issuers
  const [entry] = fullManifest.deny
  assert.ok(issuer && entry)
  const issuers = [issuer, { ...issuer, issuer: 'https://other.example' }]
  const side = (condition: string, list: Manifest['issuers']): Manifest => ({
    ...fullManifest,
    deny: [{ ...entry, conditions: [condition] }],
    issuers: list,
  })
  assert.deepEqual(weakenings(side('user bob', issuers), side('user bob', issuers.toReversed())), [])
  const found = weakenings(side('consumer client:0:bad', issuers), side('consumer client:0:bad', issuers.toReversed()))
  assert.equal(found.length, 2)
  assert.match(found[0] ?? '', /in conditions it has the number 1, and had 0/)
})

test('a backend that is told who calls, and was not, knows more', () => {
  const [operation] = fullManifest.operations
  assert.ok(operation)
  const side = (told: boolean): Manifest => ({
    ...fullManifest,
    operations: [{ ...operation, identity: { ...operation.identity, token: told, fields: told } }],
  })
  assert.deepEqual(
    weakenings(side(false), side(true))
      .map((text) => text.replace(/^.*?: /, ''))
      .toSorted(),
    ['the backend is told by a token who calls', 'the backend is told by fields who calls'],
  )
})
