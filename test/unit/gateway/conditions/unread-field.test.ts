import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConditionPlan } from '../../../../src/contract/plan/condition.ts'
import { conditions } from '../../../../src/gateway/conditions/conditions.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { samplePlan } from '../sample-plan.ts'

test('a condition about a field that is not read stops the start: it would never hold, and below `not` for all', () => {
  const asked: ConditionPlan = { kind: 'header', name: 'x-kiosk', values: 'any', negated: false }
  assert.throws(() => conditions([asked], samplePlan(), requestFields([])), /x-kiosk/)
  assert.doesNotThrow(() => conditions([asked], samplePlan(), requestFields([], [], ['x-kiosk'])))
})
