import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCampaign } from './campaign.ts'
import { compare } from './compare.ts'
import type { ForwardedRequest } from './gateway-reader.ts'
import { justifiedReasons } from './justified.ts'
import type { ParsedRequest } from './node-parser.ts'

const streams = 4000

describe("the gateway's parser, compared with Node's strict one", () => {
  const comeUp = new Set<string>()

  for (const seed of [1, 2]) {
    it(`reads ${streams} streams of seed ${seed} as the same requests, or refuses them for a listed reason`, async () => {
      const { failures, agreed, justified } = await runCampaign(seed, (done) => done === streams)
      for (const failure of failures) assert.fail(`stream ${failure.index}: ${failure.disagreement}\n${failure.stream}`)
      assert.ok(agreed > streams / 3, `only ${agreed} requests were taken by both`)
      for (const reason of justified.keys()) comeUp.add(reason)
    })
  }

  it('refuses what Node takes for no reason that does not come up', () => {
    assert.deepEqual(
      justifiedReasons.filter((reason) => !comeUp.has(reason)),
      [],
    )
  })
})

describe('the comparison', () => {
  const parsed: ParsedRequest = {
    method: 'POST',
    target: '/%61?b',
    version: '1.1',
    fields: [
      ['Host', 'a'],
      ['X-A', 'b'],
    ],
    body: 'abc',
    complete: true,
  }
  const forwarded: ForwardedRequest = {
    method: 'POST',
    target: '/a?b',
    fields: [
      ['Host', '127.0.0.1'],
      ['X-A', 'b'],
      ['Via', '1.1 postern'],
    ],
    body: 'abc',
  }
  const verdict = (own: Partial<ForwardedRequest>, requests: readonly ParsedRequest[]): string | null =>
    compare('', { exchanges: [{ kind: 'forwarded', request: { ...forwarded, ...own } }] }, { requests, error: null }).disagreement

  it('is content with the same request', () => {
    assert.equal(verdict({}, [parsed]), null)
  })

  it('sees a request that Node does not take, or not to its end', () => {
    assert.match(verdict({}, []) ?? '', /Node refuses it/)
    assert.match(verdict({}, [{ ...parsed, complete: false }]) ?? '', /Node refuses it/)
  })

  it('sees another method, target, field or body', () => {
    assert.match(verdict({ method: 'PUT' }, [parsed]) ?? '', /method/)
    assert.match(verdict({ target: '/%61?b' }, [parsed]) ?? '', /target/)
    assert.match(verdict({ fields: forwarded.fields.slice(1) }, [{ ...parsed, fields: [['X-A', 'c']] }]) ?? '', /fields/)
    assert.match(verdict({ body: 'ab' }, [parsed]) ?? '', /body/)
  })

  it('sees a refusal that nothing justifies', () => {
    const refused = { exchanges: [{ kind: 'refused', refusal: 'bad-request', status: 400 }] } as const
    assert.match(compare('', refused, { requests: [parsed], error: null }).disagreement ?? '', /Node takes it/)
    assert.equal(compare('', refused, { requests: [], error: 'HPE_INVALID_METHOD' }).disagreement, null)
  })
})
