import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function throttling(there: There): void {
  /** Asks with a token of this client. */
  function ask(path: string, client: string, claims: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return there().ask('GET', `/limited${path}`, [there().project.one.bearer({ azp: client, ...claims })])
  }

  async function statuses(count: number, path: string, client: string): Promise<readonly number[]> {
    const all: number[] = []
    for (let index = 0; index < count; index++) all.push((await ask(path, client)).status)
    return all
  }

  describe('throttling', () => {
    it('refuses what is beyond the tier of the API, and says when to come again', async () => {
      assert.deepEqual(await statuses(3, '/free', 'a'), [200, 200, 200])
      const { status, message } = await ask('/free', 'a')
      assert.equal(status, 429)
      assert.equal((JSON.parse(message.text) as { code: number }).code, 900800)
      const wait = Number(message.field('Retry-After'))
      assert.ok(wait > 0 && wait <= 3700, `Retry-After: ${wait}`)
    })

    it('refuses what is beyond the tier of the operation', async () => {
      assert.deepEqual(await statuses(2, '/tight', 'b'), [200, 200])
      const { status, message } = await ask('/tight', 'b')
      assert.equal(status, 429)
      assert.equal((JSON.parse(message.text) as { code: number }).code, 900802)
      assert.ok(Number(message.field('Retry-After')) > 0)
    })

    it('counts all operations of an API together', async () => {
      assert.deepEqual([...(await statuses(2, '/tight', 'c')), ...(await statuses(2, '/free', 'c'))], [200, 200, 200, 429])
    })

    it('counts each consumer alone: the application, else the client, else the subject', async () => {
      assert.deepEqual(await statuses(4, '/free', 'd'), [200, 200, 200, 429])
      assert.equal((await ask('/free', 'e')).status, 200)
      assert.equal((await ask('/free', 'd', { application: 'another' })).status, 200)
      assert.equal((await ask('/free', 'd', { azp: undefined, sub: 'somebody' })).status, 200)
      const two = there().project.two.bearer({ client: 'd' })
      assert.equal((await there().ask('GET', '/limited/free', [two])).status, 200)
    })

    it('counts a consumer, not its tokens', async () => {
      const answers = [await ask('/free', 'f', { jti: '1' }), await ask('/free', 'f', { jti: '2' }), await ask('/free', 'f', { jti: '3' })]
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      )
      assert.equal((await ask('/free', 'f', { jti: '4' })).status, 429)
    })

    it('says with every answer what is left', async () => {
      const left = async (): Promise<readonly (string | undefined)[]> => {
        const { message } = await ask('/tight', 'g')
        return [message.field('RateLimit-Policy'), message.field('RateLimit')?.replaceAll(/t=\d+/g, 't=…')]
      }
      const policy = '"Three";q=3;w=3600, "Two";q=2;w=3600'
      assert.deepEqual(await left(), [policy, '"Three";r=2;t=…, "Two";r=1;t=…'])
      assert.deepEqual(await left(), [policy, '"Three";r=1;t=…, "Two";r=0;t=…'])
      assert.deepEqual(await left(), [policy, '"Two";r=0;t=…'])
    })

    it("stands in the place of a backend's own quota", async () => {
      there().shop.once((request) => request.respond('', ['RateLimit: "theirs";r=1000']))
      assert.match((await ask('/free', 'h')).message.field('RateLimit') ?? '', /^"Three"/)
    })

    it('uses up no quota for what is refused', async () => {
      const bearer = there().project.one.bearer({ azp: 'i' })
      for (let count = 0; count < 5; count++) {
        assert.equal((await there().ask('GET', '/limited/scoped', [bearer])).status, 403)
        assert.equal((await there().ask('GET', '/limited/nothing', [bearer])).status, 404)
        assert.equal((await there().ask('POST', '/limited/free', [bearer])).status, 405)
        assert.equal((await there().ask('GET', '/limited/free', [`${bearer}x`])).status, 401)
      }
      assert.deepEqual(await statuses(2, '/tight', 'i'), [200, 200])
      for (let count = 0; count < 5; count++) assert.equal((await ask('/tight', 'i')).status, 429)
      assert.deepEqual(await statuses(2, '/free', 'i'), [200, 429])
    })

    it('does not ask the backend for what it refuses', async () => {
      await statuses(3, '/free', 'j')
      const asked = there().shop.requests.length
      assert.equal((await ask('/free', 'j')).status, 429)
      assert.equal(there().shop.requests.length, asked)
    })

    it('does not ask the client for the body of what it refuses', async () => {
      await statuses(3, '/free', 'n')
      const client = await there().connect()
      const fields = [there().project.one.bearer({ azp: 'n' }), 'Content-Length: 5', 'Expect: 100-continue']
      const { status, interim } = await client.request(requestText('GET', '/limited/free', fields))
      assert.deepEqual([status, interim], [429, []])
      await client.destroy()
    })

    it('counts callers of public operations by address, whatever they say it is', async () => {
      const answers: number[] = []
      for (let count = 0; count < 3; count++) {
        answers.push((await there().ask('GET', '/limited/public', [`X-Forwarded-For: 203.0.113.${count}`])).status)
      }
      assert.deepEqual(answers, [200, 200, 429])
    })

    it('charges the bytes of both bodies to a bandwidth, and lets in who has some left', async () => {
      const send = (): Promise<Answer> => {
        there().shop.once((request) => request.respond('a'.repeat(300)))
        return there().ask('POST', '/limited/metered', [there().project.one.bearer({ azp: 'o' })], 'b'.repeat(600))
      }
      const first = await send()
      assert.equal(first.status, 200)
      assert.match(first.message.field('RateLimit-Policy') ?? '', /"Kilobyte";q=1000;qu="content-bytes";w=3600/)
      assert.match(first.message.field('RateLimit') ?? '', /"Kilobyte";r=1000;/)
      const second = await send()
      assert.equal(second.status, 200)
      assert.match(second.message.field('RateLimit') ?? '', /"Kilobyte";r=100;/)
      const third = await there().ask('POST', '/limited/metered', [there().project.one.bearer({ azp: 'o' })], 'b')
      assert.equal(third.status, 429)
      assert.equal((JSON.parse(third.message.text) as { code: number }).code, 900802)
      assert.ok(Number(third.message.field('Retry-After')) > 3_000)
    })

    it('lets pass what is beyond a tier that does not stop, and tells', async () => {
      assert.deepEqual(await statuses(2, '/soft', 'r'), [200, 200])
      const { text } = await there().admin('/metrics')
      assert.match(text, /postern_over_quota_total\{operation="[^"]*limitedSoft[^"]*",level="operation"\} 1\n/)
      await there().gateway.log.find(({ event, overQuota }) => event === 'access' && overQuota === 'Soft')
    })

    it('gives a quota evenly where the tier says so', async () => {
      assert.deepEqual(await statuses(3, '/even', 'p'), [200, 200, 429])
      const wait = Number((await ask('/even', 'p')).message.field('Retry-After'))
      assert.ok(wait > 0 && wait <= 61, `Retry-After: ${wait}`)
    })

    it('counts by the calendar of a time zone', async () => {
      assert.deepEqual(await statuses(2, '/yearly', 'q'), [200, 429])
      const { message } = await ask('/yearly', 'q')
      assert.match(message.field('RateLimit') ?? '', /^"Yearly";r=0;t=\d+$/)
      const kiritimati = new Date(Date.now() + 14 * 3_600_000)
      const end = Date.UTC(kiritimati.getUTCFullYear() + 1, 0, 1) - 14 * 3_600_000
      assert.ok(Math.abs(Number(message.field('Retry-After')) - (end - Date.now()) / 1_000) < 60)
    })

    it('counts all callers together where the tier is for the API, in windows of the calendar where it is fixed', async () => {
      assert.deepEqual([(await ask('/daily', 'k')).status, (await ask('/daily', 'l')).status], [200, 200])
      const { status, message } = await ask('/daily', 'm')
      assert.equal(status, 429)
      const midnight = 86_400 - ((Date.now() / 1000) % 86_400)
      assert.ok(Math.abs(Number(message.field('Retry-After')) - midnight) < 60)
    })
  })
}
