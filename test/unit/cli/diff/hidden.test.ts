/** What no manifest shows: replaced secrets, the snapshot of revocations, another engine. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import { takeApart, withPlan } from '../../../../src/cli/selftest/embedded-plan.ts'
import { compile } from '../../../../src/compiler/compile.ts'
import type { Manifest } from '../../../../src/contract/manifest.ts'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'

const now = new Date('2026-01-01T00:00:00Z')

let manifest: Manifest
let plan: GatewayPlan
let gateway: string

before(async () => {
  const result = await compile({ projectFolder: join(import.meta.dirname, '../../../golden/credentials'), now })
  assert.ok(result.kind === 'compiled')
  manifest = result.manifest
  gateway = result.files['gateway.mjs']
  plan = takeApart(gateway).plan
})

/** The gateway with another plan, and what else differs from the one that was built. */
function differencesWith(after: GatewayPlan, edit: (text: string) => string = (text) => text) {
  const text = edit(withPlan(takeApart(gateway), after))
  return compareGateways({ manifest, gateway }, { manifest, gateway: text }, now).map(
    ({ class: found, rule, of }) => `${found} ${rule} ${of}`,
  )
}

test('an API key or password that was replaced under its name is seen', () => {
  const [key] = plan.apiKeys
  const [user] = plan.users
  assert.ok(key && user)
  const apiKeys = plan.apiKeys.map((each) => (each === key ? { ...each, digest: { kind: 'sha256' as const, hash: 'ff' } } : each))
  const users = plan.users.map((each) => (each === user ? { ...each, password: { kind: 'sha256' as const, hash: 'ff' } } : each))
  assert.deepEqual(differencesWith({ ...plan, apiKeys, users }), [
    `weakening plan.apiKeys API key ${key.id}`,
    `weakening plan.users user ${user.name}`,
  ])
})

test('an entry of the snapshot may go when what it barred has expired', () => {
  const entry: RevokedPlan = { kind: 'token', name: 'a', issuer: null, before: null, expires: null }
  const expired: RevokedPlan = { ...entry, name: 'b', expires: now.getTime() / 1000 - 1 }
  const revocation = { snapshot: [entry, expired], persist: null, capacity: 1000, feeds: [], denies: false, staleRules: [] }
  const [old, next] = [
    { ...plan, revocation },
    { ...plan, revocation: { ...revocation, snapshot: [{ ...entry, name: 'c' }] } },
  ]
  const side = (of: GatewayPlan) => ({ manifest, gateway: withPlan(takeApart(gateway), of) })
  const texts = compareGateways(side(old), side(next), now).map(({ class: found, text }) => `${found}: ${text}`)
  assert.deepEqual(texts, [
    'weakening: 1 entries of the snapshot are revoked no more',
    'harmless: 1 entries of the snapshot had expired',
    'harmless: 1 more entries are revoked from the start',
  ])
})

test('another name or version hides nothing that the manifests do not show', () => {
  const after = { ...plan, version: '9.9.9', keepClaims: !plan.keepClaims }
  const found = compareGateways(
    { manifest, gateway },
    { manifest: { ...manifest, version: '9.9.9' }, gateway: withPlan(takeApart(gateway), after) },
    now,
  )
  assert.deepEqual(
    found.map(({ class: of, rule }) => `${of} ${rule}`),
    ['weakening plan.keepClaims', 'harmless version'],
  )
})

test('plans that differ where the manifests say the same, and another engine, are no harmless differences', () => {
  assert.deepEqual(differencesWith({ ...plan, keepClaims: !plan.keepClaims }), ['weakening plan.keepClaims gateway'])
  assert.deepEqual(
    differencesWith(plan, (text) => text.replace('await startBundle(', 'await  startBundle(')),
    ['weakening engine gateway'],
  )
})
