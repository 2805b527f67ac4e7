import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import type { ManifestThrottling } from '../../../../src/contract/manifest/throttling.ts'
import type { ManifestTrafficManager } from '../../../../src/contract/manifest/traffic-manager.ts'
import { fullManifest } from './full-manifest.ts'

const service = { url: 'https://tm/endpoints', plainHttp: false, tls: null }
const login = { username: 'gateway', password: '${TM_PASSWORD}' }
const manager: ManifestTrafficManager = {
  kind: 'trafficManager',
  events: service,
  data: service,
  login,
  decisions: { url: 'amqps://tm', login, authorities: [], exchange: 'amq.topic', topic: 'throttleData' },
  tenant: 'carbon.super',
  whenAway: 'local',
  replicas: 3,
}

function classes(before: ManifestThrottling['store'], after: ManifestThrottling['store']): readonly string[] {
  const withStore = (store: ManifestThrottling['store']): typeof fullManifest => ({
    ...fullManifest,
    throttling: { ...fullManifest.throttling!, store },
  })
  const found = compareGateways({ manifest: withStore(before), gateway: '' }, { manifest: withStore(after), gateway: '' }, new Date(0))
  return found.map((difference) => difference.class)
}

test('whatever changes of a Traffic Manager is seen', () => {
  assert.deepEqual(classes(manager, manager), [])
  const { decisions } = manager
  for (const changed of [
    { ...manager, events: { ...service, url: 'https://other' } },
    { ...manager, data: { ...service, plainHttp: true } },
    { ...manager, login: null },
    { ...manager, decisions: { ...decisions, url: 'amqps://other' } },
    { ...manager, decisions: { ...decisions, login: { ...login, password: '${OTHER}' } } },
    { ...manager, decisions: { ...decisions, exchange: 'other' } },
    { ...manager, decisions: { ...decisions, topic: 'other' } },
    { ...manager, tenant: 'other.example' },
    { ...manager, whenAway: 'allow' as const },
    { ...manager, replicas: 2 },
  ])
    assert.deepEqual(classes(manager, changed), ['weakening'], JSON.stringify(changed))
  assert.deepEqual(classes(manager, { ...manager, whenAway: 'deny' }), ['breaking'])
})

test('that it counts weakens limits, and that a Redis does makes them hold', () => {
  const { store } = fullManifest.throttling!
  assert.deepEqual(classes(store, manager), ['weakening'])
  assert.deepEqual(classes('local', manager), ['weakening'])
  assert.deepEqual(classes(manager, store), ['breaking'])
})
