import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backend } from '../../../wire/backend.ts'
import { Client } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

test('a request that is not understood is not put down to the client of the one before it', async () => {
  for (const bad of ['nonsense\r\n\r\n', requestText('GET', '/..', ['X-Forwarded-For: 198.51.100.7'])]) {
    const backend = await Backend.start()
    const plan = planOf([backend.url], { operations: [{ method: 'GET', template: '/pets' }], trustedProxies: ['127.0.0.1'] })
    const gateway = await LocalGateway.start(plan)
    const client = await Client.connect(gateway.port)
    try {
      assert.equal((await client.request(requestText('GET', '/pets', ['X-Forwarded-For: 203.0.113.9']))).status, 200)
      assert.equal((await client.request(bad)).status, 400)
      assert.deepEqual(
        gateway.accessLines.map(({ address }) => address),
        ['203.0.113.9', '127.0.0.1'],
      )
    } finally {
      await client.destroy()
      await gateway.stop()
      await backend.stop()
    }
  }
})
