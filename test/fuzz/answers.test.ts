import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runAnswers } from './answers-campaign.ts'

const count = 1500

it(`the gateway reads ${count} answers of backends as Node's client does, or passes none of them on`, async () => {
  const { failures } = await runAnswers(3, (done) => done === count)
  for (const { index, wrong, answer } of failures) assert.fail(`answer ${index}: ${wrong}\n${answer}`)
})
