import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Counting, exactnessOf } from '../../../../src/compiler/plan/exactness.ts'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import type { SharedStorePlan } from '../../../../src/contract/plan/shared-store.ts'
import type { TrafficManagerPlan } from '../../../../src/contract/plan/traffic-manager.ts'

const sliding: WindowPlan = { algorithm: 'sliding', unit: 'requests', amount: 1_000, window: 60_000 }
const local: Counting = { store: null, trafficManager: null, capacity: 100_000, replicas: 1 }
const redis: SharedStorePlan = {
  urls: [['redis://127.0.0.1:6379']],
  topology: { kind: 'server' },
  plainTcp: false,
  authorities: [],
  secret: null,
  timeout: 100,
  mode: 'leased',
  whenAway: 'deny',
  replicas: 4,
}

test('a limit of each gateway alone holds as often as there are gateways', () => {
  assert.match(exactnessOf(sliding, 0, local), /limit × replicas$/)
  assert.match(exactnessOf(sliding, 0, { ...local, replicas: 3 }), /limit × replicas = 1000 × 3 = 3000$/)
})

test('how many callers a sliding window is exact for goes by how many counters there are, and not at all for a few requests', () => {
  assert.match(exactnessOf(sliding, 0, local), /of 3552 callers/)
  assert.match(exactnessOf(sliding, 0, { ...local, capacity: 1_000_000 }), /of 4412 callers/)
  assert.doesNotMatch(exactnessOf({ ...sliding, amount: 7 }, 0, local), /callers/)
})

test('of a small burst nothing is held', () => {
  const gcra = { ...sliding, algorithm: 'gcra', burst: 5 } as const
  const together = (window: WindowPlan, mode: 'leased' | 'strict'): string =>
    exactnessOf(window, 0, { ...local, store: { ...redis, mode } })
  assert.match(together(gcra, 'leased'), /each request asks Redis/)
  assert.doesNotMatch(together(gcra, 'leased'), /unused/)
  assert.match(together({ ...gcra, burst: 200 }, 'leased'), /unused/)
  assert.match(together(sliding, 'leased'), /up to 5 % may go unused with 4 gateways/)
})

const service = { url: ['https://a/'], plainHttp: false, tls: null }
const manager: TrafficManagerPlan = {
  events: service,
  data: service,
  login: null,
  decisions: { url: ['amqps://a'], login: null, authorities: [], exchange: 'amq.topic', topic: 'throttleData' },
  tenant: 'carbon.super',
  whenAway: 'local',
  replicas: 4,
  limits: [1],
}
const throttling = (trafficManager: TrafficManagerPlan): Counting => ({ ...local, trafficManager })

test('what a Traffic Manager counts is said to be exceeded, and what holds without it', () => {
  assert.match(
    exactnessOf(sliding, 1, throttling(manager)),
    /^exceeded: .* decides after the fact.*while it is away each gateway lets 1\/4 of it pass$/,
  )
  assert.match(exactnessOf(sliding, 1, throttling({ ...manager, whenAway: 'allow' })), /; not limited while it is away$/)
  assert.match(exactnessOf(sliding, 1, throttling({ ...manager, whenAway: 'deny' })), /; nothing passes while it is away$/)
})

test('what it does not count is as exact as in one gateway', () => {
  assert.match(exactnessOf(sliding, 0, throttling(manager)), /in one gateway/)
})
