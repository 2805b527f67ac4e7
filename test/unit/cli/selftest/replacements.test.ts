import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replacementsIn } from '../../../../src/cli/selftest/replacements.ts'
import { planOf } from '../../../wire/plan.ts'

const plan = planOf(['http://127.0.0.1:1'], { operations: [{ method: 'GET', template: '/a' }] })

test('what may be replaced is told with its place', () => {
  const replaced = { ...plan, upstreams: [{ ...plan.upstreams[0]!, url: ['http://127.0.0.1:2'] }], trustedProxies: ['127.0.0.1/32'] }
  const found = replacementsIn(plan, replaced)
  assert.deepEqual(
    found.flatMap(({ places }) => places),
    ['/upstreams/0/url/0', '/trustedProxies/0'],
  )
  assert.deepEqual(replacementsIn(plan, structuredClone(plan)), [])
})

test('any other difference stops the self-test', () => {
  const operation = plan.operations[0]!
  for (const [other, place] of [
    [{ ...plan, operations: [{ ...operation, certificate: 'optional' as const }] }, '/operations/0/certificate'],
    [{ ...plan, operations: [operation, operation] }, '/operations/1'],
    [{ ...plan, errors: 'wso2' as const }, '/errors'],
    [{ ...plan, deny: [[]] }, '/deny/0'],
  ] as const)
    assert.throws(() => replacementsIn(plan, other), { message: `the plan under test differs at ${place}` })
})
