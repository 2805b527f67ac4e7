import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge, leftOutActions } from './judge.ts'
import { runSoak } from './run-soak.ts'

test('twenty seconds of mixed traffic: every answer right, nothing left open', { timeout: 240_000 }, async () => {
  const outcome = await runSoak({ minutes: 1 / 3, seed: 3, workers: 1, rate: 60, sampleSeconds: 5, markdown: null }, () => {})
  assert.deepEqual(outcome.sent.wrongs, [])
  assert.deepEqual(
    // How much load a machine takes that runs other tests as well is not the gateway's question.
    judge(outcome).filter(({ what, holds }) => !holds && what !== leftOutActions),
    [],
  )
  for (const [name, count] of outcome.sent.counts) assert.ok(count > 0, `no ${name} was sent`)
})
