import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConditionPlan } from '../../../../src/contract/plan/condition.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { limitNames } from '../../../../src/gateway/throttle-redis/counter-names.ts'
import { noThrottling } from '../../../wire/plan.ts'
import { sampleLimit, samplePlan } from '../sample-plan.ts'

const isWrite: ConditionPlan = { kind: 'method', negated: false, methods: ['POST'] }
const isLocal: ConditionPlan = { kind: 'address', negated: false, ranges: ['10.0.0.0/8'] }

/** A tier of applications with a limit for each of `groups`, and one without conditions. */
function planOf(...groups: readonly ConditionPlan[]): GatewayPlan {
  const limits = [...groups, null].map(() => sampleLimit({ tier: 'Plans', level: 'application', by: 'application' }))
  const conditional = [...groups.map((group, limit) => ({ limit, conditions: [group] })), { limit: groups.length, conditions: [] }]
  const application = { tiers: [{ name: 'Plans', limit: null, groups: conditional }], otherwise: 0, unknown: 'otherwise' } as const
  return samplePlan({ throttling: { ...noThrottling, limits, application } })
}

test('groups of a tier count apart, also where one version of a gateway has another order of them', () => {
  const names = limitNames(planOf(isWrite, isLocal))
  assert.equal(new Set(names).size, 3)
  assert.deepEqual(limitNames(planOf(isLocal, isWrite)), [names[1], names[0], names[2]])
})

test('so do those for callers without a credential', () => {
  const limits = [0, 1].map(() => sampleLimit({ tier: 'Visitor', level: 'subscription', by: 'address' }))
  const of = (...groups: readonly (readonly ConditionPlan[])[]): readonly string[] => {
    const unauthenticated = { name: 'Visitor', limit: null, groups: groups.map((conditions, limit) => ({ limit, conditions })) }
    return limitNames(samplePlan({ throttling: { ...noThrottling, limits, unauthenticated } }))
  }
  const names = of([isWrite], [])
  assert.equal(new Set(names).size, 2)
  assert.deepEqual(of([], [isWrite]), names.toReversed())
})
