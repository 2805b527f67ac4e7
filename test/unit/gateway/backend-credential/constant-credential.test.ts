/** Basic and API keys, through a whole gateway. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BackendCredentialPlan } from '../../../../src/contract/plan.ts'
import { Backend, type Handler, seen } from '../../../wire/backend.ts'
import { type Answer, ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

type Constant = Extract<BackendCredentialPlan, { kind: 'basic' | 'api-key' }>
type World = { readonly backend: Backend; readonly port: number }

async function world(t: TestContext, credential: Constant, secret: string): Promise<World> {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([], {
    upstreams: [
      { url: [backend.url], http: '1.1', tls: null, credential },
      { url: [backend.url], http: '1.1', tls: null, credential: null },
    ],
    settings: [{ name: 'SECRET', default: null, usedFor: ['test'] }],
    operations: [
      { method: 'POST', template: '/a' },
      { method: 'POST', template: '/open', production: { upstream: 1 } },
    ],
  })
  const gateway = await LocalGateway.start(plan, { environment: { SECRET: secret } })
  t.after(() => gateway.stop())
  return { backend, port: gateway.port }
}

const secret = [{ setting: 'SECRET' }] as const

function post({ port }: World, target: string, fields: readonly string[] = [], body = 'body'): Promise<Answer> {
  return ask(port, requestText('POST', target, fields, body))
}

function values(answer: Answer, name: string): readonly string[] {
  return seen(answer).fields.flatMap(([each, value]) => (each.toLowerCase() === name ? [value] : []))
}

test('Basic, and nothing of it for another backend', async (t) => {
  const there = await world(t, { kind: 'basic', user: ['gateway'], password: secret }, 'p:ä')
  const answer = await post(there, '/a?q=1', ['Authorization: Bearer of-the-client'], 'x'.repeat(100_000))
  assert.deepEqual(values(answer, 'authorization'), [`Basic ${Buffer.from('gateway:p:ä').toString('base64')}`])
  assert.deepEqual([seen(answer).body.length, seen(answer).target], [100_000, '/a?q=1'])
  assert.deepEqual(values(await post(there, '/open', ['Authorization: Basic abc']), 'authorization'), [])
})

test('an API key in a field, which the client cannot put there', async (t) => {
  const there = await world(t, { kind: 'api-key', in: 'header', name: 'x-api-key', key: ['Key ', ...secret] }, 'k-1')
  assert.deepEqual(values(await post(there, '/a', ['X-API-Key: mine', 'X_Api_Key: mine']), 'x-api-key'), ['Key k-1'])
  assert.deepEqual(values(await post(there, '/open', ['X-API-Key: mine']), 'x-api-key'), [])
})

test('an API key in the query, which the client cannot put there', async (t) => {
  const there = await world(t, { kind: 'api-key', in: 'query', name: 'api_key', key: secret }, 'k&1=u')
  for (const [sent, expected] of [
    ['/a', '/a?api_key=k%261%3Du'],
    ['/a?', '/a?api_key=k%261%3Du'],
    ['/a?b=1&api_key=mine', '/a?b=1&api_key=k%261%3Du'],
    ['/a?API%5fKEY=mine', '/a?api_key=k%261%3Du'],
    ['/open?api_key=mine', '/open?api_key=mine'],
  ] as const)
    assert.equal(seen(await post(there, sent)).target, expected)
})

test('a backend that does not take it', async (t) => {
  const there = await world(t, { kind: 'basic', user: ['gateway'], password: secret }, 'p')
  const refusing: Handler = (request) => request.respond('', ['WWW-Authenticate: Basic realm="x"'], '401 Unauthorized')
  there.backend.handler = refusing
  const { status, message } = await post(there, '/a')
  assert.deepEqual([status, JSON.parse(message.text).type], [502, 'urn:postern:refusal:backend-credential-refused'])
  assert.equal(message.field('www-authenticate'), undefined)
  assert.equal((await post(there, '/open')).message.field('www-authenticate'), 'Basic realm="x"')
  there.backend.handler = (request) => request.respond('own', [], '401 Unauthorized')
  assert.deepEqual([(await post(there, '/a')).status, (await post(there, '/a')).message.text], [401, 'own'])
})

test('values that no field can hold stop the start, and are not repeated', async (t) => {
  const refused = async (credential: Constant, value: string): Promise<void> => {
    await assert.rejects(
      world(t, credential, value),
      (error) => error instanceof Error && /SECRET/.test(error.message) && !error.message.includes(value),
    )
  }
  await refused({ kind: 'basic', user: ['a'], password: secret }, 'wrong\nvalue')
  await refused({ kind: 'basic', user: secret, password: ['a'] }, 'wrong:value')
  await refused({ kind: 'api-key', in: 'header', name: 'x-api-key', key: secret }, 'wrong\r\nvalue')
  await refused({ kind: 'api-key', in: 'query', name: 'key', key: secret }, 'wröng')
})
