/** A tunnel lives no longer than the API key that opened it. Time is the test's. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { UpgradePlan } from '../../../../src/contract/plan/upgrade.ts'
import { Backend } from '../../../wire/backend.ts'
import { closeReason, readFrames } from '../../../wire/frames.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { openTunnel, upgradeText } from '../../../wire/upgrade.ts'

const upgrade: UpgradePlan = { protocol: 'websocket', idle: 0, life: 0, tokenProtocol: null, maxFrame: 1024, limit: null, perConsumer: 0 }

test('it is closed when the key expires', async (t) => {
  const clock = new TestClock()
  let later = 0
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([backend.url], {
    apiKeys: [
      {
        id: 'short',
        digest: { kind: 'sha256', hash: hash('sha256', 'the-key') },
        consumer: 'partner',
        tier: null,
        scopes: [],
        apis: null,
        addresses: [],
        origins: [],
        expiresAt: Date.now() + 600_000,
      },
    ],
    operations: [
      {
        method: 'GET',
        template: '/chat',
        upgrade,
        security: {
          kind: 'credentials',
          header: 'authorization',
          apiKeyPlaces: [{ in: 'header', name: 'x-api-key' }],
          alternatives: [{ token: null, apiKey: { scopes: [] }, basic: null, certificate: false }],
          anonymous: false,
          dpop: false,
        },
      },
    ],
  })
  const gateway = await LocalGateway.start(plan, { clock: { ...clock, now: () => Date.now() + later } })
  t.after(() => gateway.stop())
  const { client } = await openTunnel(gateway.port, backend, upgradeText('/chat', ['X-API-Key: the-key']))
  t.after(() => client.destroy())
  await clock.advance(1)
  assert.equal(client.received.length, 0)
  later = 600_000
  await clock.advance(1)
  const bytes = await client.until((all) => readFrames(all).length === 1)
  assert.deepEqual(closeReason(readFrames(bytes)[0]!), [1008, 'credential expired'])
})
