import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Backend, echo } from '../wire/backend.ts'
import type { Answer } from '../wire/client.ts'
import type { There } from './world.ts'

export function failures(there: There): void {
  function code({ message }: Answer): unknown {
    return (JSON.parse(message.text) as { readonly code: unknown }).code
  }

  describe('a backend', () => {
    it('that gives no valid answer is a 502', async () => {
      there().open.once((request) => request.write('nonsense\r\n\r\n'))
      const answer = await there().ask('GET', '/open/v1/echo')
      assert.deepEqual([answer.status, code(answer)], [502, 101503])
    })

    it('that is not there is a 502 that uses up no quota, and is found again when it comes back', async () => {
      const { fragile } = there()
      fragile.handler = echo
      const { port } = fragile
      await fragile.stop()
      for (const method of ['GET', 'POST']) {
        const answer = await there().ask(method, '/fragile/thing', [], method === 'POST' ? 'body' : '')
        assert.deepEqual([answer.status, code(answer)], [502, 101503])
        assert.doesNotMatch(answer.message.text, /127\.0\.0\.1|ECONN/)
      }
      const statuses = async (count: number): Promise<readonly number[]> => {
        const all: number[] = []
        for (let index = 0; index < count; index++) all.push((await there().ask('GET', '/fragile/counted')).status)
        return all
      }
      assert.deepEqual(await statuses(3), [502, 502, 502])
      const again = await Backend.start(port)
      assert.equal((await there().ask('GET', '/fragile/thing')).status, 200)
      // What it was never asked has used up no quota.
      assert.deepEqual(await statuses(3), [200, 200, 429])
      await again.stop()
    })
  })
}
