import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCampaign } from './campaign.ts'
import { Differential } from './differential.ts'
import { justifiedReasons } from './justified.ts'

const streams = 6000

describe("the gateway's parser, compared with Node's strict one", () => {
  for (const seed of [1, 2]) {
    it(`reads ${streams} streams of seed ${seed} as the same requests, or refuses them for a listed reason`, async () => {
      const { failures, agreed, justified } = await runCampaign(seed, (done) => done === streams)
      for (const failure of failures) assert.fail(`stream ${failure.index}: ${failure.disagreement}\n${failure.stream}`)
      assert.ok(agreed > streams / 3, `only ${agreed} requests were taken by both`)
      assert.deepEqual(
        justifiedReasons.filter((reason) => !justified.has(reason)),
        [],
        'reasons that never come up',
      )
    })
  }

  it('would show a difference', async () => {
    const differential = await Differential.start()
    // Node and the gateway agree about this; were either to read the body otherwise, the second request would differ.
    const verdict = await differential.check('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.deepEqual({ ...verdict, justified: [] }, { disagreement: null, agreed: 2, justified: [] })
    await differential.stop()
  })
})
