import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ConditionPlan } from '../../../../src/contract/plan/condition.ts'
import type { Surroundings } from '../../../../src/gateway/capabilities/surroundings.ts'
import { callerBlocked } from '../../../../src/gateway/conditions/caller-blocked.ts'
import { denyFeedCapability } from '../../../../src/gateway/deny-feed/deny-feed.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const from = (range: string, negated = false): ConditionPlan => ({ kind: 'address', ranges: [range], negated })

let backend: Backend
before(async () => {
  backend = await Backend.start()
})
after(() => backend.stop())

async function answers(deny: readonly ConditionPlan[], values: readonly (string | null)[]): Promise<readonly number[]> {
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/pets' }],
    trustedProxies: ['127.0.0.1'],
    deny: deny.length === 0 ? [] : [deny],
  })
  const gateway = await LocalGateway.start(plan)
  try {
    const all: number[] = []
    for (const value of values) {
      const { status } = await fetch(`http://127.0.0.1:${gateway.port}/pets`, {
        headers: value === null ? {} : { 'X-Forwarded-For': value },
      })
      all.push(status)
    }
    return all
  } finally {
    await gateway.stop()
  }
}

test('a caller whose address nobody can tell is one that addresses deny, and the others are not', async () => {
  const values = ['203.0.113.9', '198.51.100.9', null, 'unknown', '_hidden', 'nonsense', '203.0.113.9:x']
  const denied = [403, 403, 403, 403]
  assert.deepEqual(await answers([from('203.0.113.0/24')], values), [403, 200, 200, ...denied])
  assert.deepEqual(await answers([from('198.51.100.0/24', true)], values), [403, 200, 403, ...denied])
  assert.deepEqual(
    await answers([], values),
    values.map(() => 200),
  )
})

test('a caller from a link is denied by his address, whatever his interface is called', async () => {
  const values = ['fe80::1%eth0', 'fe80::1%eth_0', '[fe80::1%br-lan@if3]:80', 'fe80::2%eth_0']
  assert.deepEqual(await answers([from('fe80::1')], values), [403, 403, 403, 200])
})

test('nor can feeds tell whether they deny him', () => {
  const plan = samplePlan()
  const none = { denialMarks: () => ({}), isDenied: () => false, freshness: () => ({ unknown: false }) }
  // As much of them as the capability asks for.
  const revocations = none as unknown as NonNullable<Surroundings['revocations']>
  const step = denyFeedCapability({ ...sampleSurroundings(plan), revocations }).check(plan.operations[0]!, requestFields([]))!
  const addressed = (address: string): ReturnType<typeof sampleExchange> => Object.assign(sampleExchange(), { address })
  assert.equal(step(addressed('unknown')), callerBlocked)
  assert.equal(step(addressed('192.0.2.1')), undefined)
})
