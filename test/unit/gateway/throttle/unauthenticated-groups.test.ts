import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConditionPlan } from '../../../../src/contract/plan/condition.ts'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { noThrottling, planOf } from '../../../wire/plan.ts'
import { sampleLimit } from '../sample-plan.ts'

test('callers without a credential count by the first group that their request fits', async () => {
  const backend = await Backend.start()
  const from = (range: string): ConditionPlan => ({ kind: 'address', ranges: [range], negated: false })
  const perHour = (amount: number): ReturnType<typeof sampleLimit> =>
    sampleLimit({
      level: 'subscription',
      by: 'address',
      windows: [{ algorithm: 'fixed', unit: 'requests', amount, window: 365 * 86_400_000 }],
    })
  const groups = [
    { limit: 0, conditions: [from('203.0.113.0/24')] },
    { limit: null, conditions: [from('198.51.100.0/24')] },
    { limit: 1, conditions: [] },
  ]
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/pets', callerLimits: true, limited: true }],
    trustedProxies: ['127.0.0.1'],
    throttling: {
      ...noThrottling,
      limits: [perHour(2), perHour(1)],
      capacity: 1_024,
      unauthenticated: { name: 'Visitor', limit: null, groups },
    },
  })
  const gateway = await LocalGateway.start(plan)
  try {
    const statuses = async (address: string): Promise<readonly number[]> => {
      const all: number[] = []
      for (let count = 0; count < 3; count++)
        all.push((await fetch(`http://127.0.0.1:${gateway.port}/pets`, { headers: { 'X-Forwarded-For': address } })).status)
      return all
    }
    assert.deepEqual(await statuses('203.0.113.1'), [200, 200, 429])
    assert.deepEqual(await statuses('203.0.113.2'), [200, 200, 429])
    assert.deepEqual(await statuses('198.51.100.1'), [200, 200, 200])
    assert.deepEqual(await statuses('192.0.2.1'), [200, 429, 429])
  } finally {
    await gateway.stop()
    await backend.stop()
  }
})

test('a group of theirs may ask for a field that nothing else reads', async () => {
  const backend = await Backend.start()
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/pets', callerLimits: true, limited: true }],
    throttling: {
      ...noThrottling,
      limits: [
        sampleLimit({
          level: 'subscription',
          by: 'address',
          windows: [{ algorithm: 'fixed', unit: 'requests', amount: 1, window: 365 * 86_400_000 }],
        }),
      ],
      capacity: 1_024,
      unauthenticated: {
        name: 'Visitor',
        limit: null,
        groups: [
          { limit: 0, conditions: [{ kind: 'header', name: 'x-kiosk', values: 'any', negated: false }] },
          { limit: null, conditions: [] },
        ],
      },
    },
  })
  const gateway = await LocalGateway.start(plan)
  try {
    const status = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await fetch(`http://127.0.0.1:${gateway.port}/pets`, { headers })).status
    assert.equal(await status({ 'X-Kiosk': '1' }), 200)
    assert.equal(await status({ 'X-Kiosk': '1' }), 429)
    assert.equal(await status({}), 200)
  } finally {
    await gateway.stop()
    await backend.stop()
  }
})
