/** Who is blocked, of callers whose connection and credential stay the same while blocks come and go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { blockedCallers } from '../../../../src/gateway/traffic-manager/blocked-callers.ts'
import { Board } from '../../../../src/gateway/traffic-manager/board.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const fields = requestFields([])
const grant = { scopeBits: new Uint32Array(), keyType: null, tier: null, marks: null, claims: {}, expiresAt: Number.POSITIVE_INFINITY }

test('what was found of a caller holds for as long as he shows the same and the same stands', () => {
  const plan = samplePlan({ operations: [sampleOperation()] })
  const board = new Board(Board.make())
  const step = blockedCallers(sampleSurroundings(plan), board, 'carbon.super').check(plan.operations[0]!, fields)
  const exchange = sampleExchange()
  const isBlocked = (user: string): boolean => {
    exchange.user = { ...grant, user, consumer: exchange.consumer }
    return step?.(exchange) !== undefined
  }
  const block = (value: string, holds: boolean): void => {
    board.change({ kind: 'block', block: { kind: 'user', value }, holds })
  }
  block('mallory', true)
  assert.deepEqual([isBlocked('alice'), isBlocked('mallory'), isBlocked('alice'), isBlocked('alice')], [false, true, false, false])
  block('alice@carbon.super', true)
  assert.deepEqual([isBlocked('alice'), isBlocked('alice')], [true, true])
  block('alice@carbon.super', false)
  assert.equal(isBlocked('alice'), false)
})
