import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Gateway, startGateway } from '../../../src/gateway/main.ts'
import { Backend } from '../../wire/backend.ts'
import { Client } from '../../wire/client.ts'
import { anyPort } from '../../wire/gateway.ts'
import { noThrottling, planOf } from '../../wire/plan.ts'
import { requestText } from '../../wire/request-text.ts'

/** What stands in for a capability: it adds a line for requests whose path says so. */
const limit = { tier: 'x', level: 'api', by: 'api', windows: [], whenUsedUp: 'refuse' } as const
let backend: Backend
let gateway: Gateway

before(async () => {
  backend = await Backend.start()
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/{how}', limits: [0] }],
    throttling: { ...noThrottling, limits: [limit], capacity: 1 },
  })
  const throttle = () => ({
    readFields: [],
    callerLimits: () => ({ subscription: null, application: null, refusal: null, number: 0 }),
    throttle: () => (exchange: { readonly path: string; backendFields: string }) => {
      if (exchange.path === '/told') exchange.backendFields += 'X-Told: by-a-step\r\n'
      return undefined
    },
  })
  const logSink = { write: (_bytes: Uint8Array, done: () => void) => done(), writeSync: (bytes: Uint8Array) => bytes.length }
  gateway = await startGateway(plan, { throttle }, { digest: 'sha256:00', manifest: Buffer.from('{}'), environment: anyPort, logSink })
})
after(async () => {
  await gateway.drain()
  await backend.stop()
})

test('what a step adds goes to the backend, with that request and no other of its connection', async () => {
  const client = await Client.connect(gateway.httpPort)
  const told: (string | undefined)[] = []
  for (const path of ['/told', '/not', '/told', '/not']) {
    const next = backend.next()
    await client.request(requestText('GET', path))
    told.push((await next).field('X-Told'))
  }
  client.socket.destroy()
  assert.deepEqual(told, ['by-a-step', undefined, 'by-a-step', undefined])
})
