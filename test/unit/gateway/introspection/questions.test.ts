/** Which answers have the key manager spared. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openService } from '../../../../src/gateway/calls/open-service.ts'
import { systemClock } from '../../../../src/gateway/clock.ts'
import { IntrospectionCounts } from '../../../../src/gateway/introspection/introspection-counts.ts'
import { Questions } from '../../../../src/gateway/introspection/questions.ts'

/** Asks about six tokens of which the key manager says only that status. */
async function spared(t: TestContext, status: number): Promise<number> {
  const server = createServer((_, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const counts = new IntrospectionCounts()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const address = { url: [url], plainHttp: false, tls: null }
  const service = await openService(address, 'a test', { values: new Map(), sockets: 1, warn: () => {} })
  t.after(() => service.client.close())
  const authentication = (): { headers: Record<string, string>; parameters: Record<string, string> } => ({ headers: {}, parameters: {} })
  const questions = new Questions({ service, authentication, timeout: 5_000, clock: systemClock, counts, tell: () => {} })
  for (let index = 0; index < 6; index++) assert.equal(await questions.ask(`token-${index}`), null)
  return counts.outcomes.get('spared') ?? 0
}

test('five answers that say that it is unwell, or that the gateway is not welcome', async (t) => {
  for (const status of [500, 503, 401, 403, 429, 302]) assert.equal(await spared(t, status), 1, `${status}`)
})

test('not what it says of a text that a stranger has sent', async (t) => {
  for (const status of [400, 413, 422]) assert.equal(await spared(t, status), 0, `${status}`)
})
