import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactnessOf } from '../../../../src/compiler/plan/exactness.ts'
import type { ThrottlingPlan, TrafficManagerPlan } from '../../../../src/contract/plan.ts'

const window = { algorithm: 'sliding', unit: 'requests', amount: 5, window: 1000 } as const

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
const throttling = (trafficManager: TrafficManagerPlan): Pick<ThrottlingPlan, 'store' | 'trafficManager'> => ({
  store: null,
  trafficManager,
})

test('what a Traffic Manager counts is said to be exceeded, and what holds without it', () => {
  assert.match(
    exactnessOf(window, 1, throttling(manager)),
    /^exceeded: .* decides after the fact.*while it is away each gateway lets 1\/4 of it pass$/,
  )
  assert.match(exactnessOf(window, 1, throttling({ ...manager, whenAway: 'allow' })), /; not limited while it is away$/)
  assert.match(exactnessOf(window, 1, throttling({ ...manager, whenAway: 'deny' })), /; nothing passes while it is away$/)
})

test('what it does not count is as exact as in one gateway', () => {
  assert.match(exactnessOf(window, 0, throttling(manager)), /in one gateway/)
})
