/** Tokens for a backend, from a token endpoint, through a whole gateway. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ClientCredentialsPlan } from '../../../../src/contract/plan/backend-credential.ts'
import { Backend, type Handler, seen } from '../../../wire/backend.ts'
import { type Answer, ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { untilHeld } from '../../../wire/nothing-left.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { TokenEndpoint } from '../../../wire/token-endpoint.ts'
import { until } from '../../../wire/until.ts'

type World = { readonly endpoint: TokenEndpoint; readonly backend: Backend; readonly gateway: LocalGateway; readonly clock: TestClock }

const client = { clientId: ['gateway'], clientSecret: [{ setting: 'SECRET' }] } as const

async function world(
  t: TestContext,
  changes: Partial<ClientCredentialsPlan> = {},
  prepare?: (endpoint: TokenEndpoint) => void,
): Promise<World> {
  const [endpoint, backend] = await Promise.all([TokenEndpoint.start(), Backend.start()])
  t.after(() => Promise.all([endpoint.stop(), backend.stop()]))
  prepare?.(endpoint)
  const credential: ClientCredentialsPlan = {
    kind: 'client-credentials',
    service: { url: [endpoint.url], plainHttp: false, tls: null },
    client: { ...client, kind: 'basic' },
    scopes: ['read', 'write'],
    audience: null,
    ...changes,
  }
  const plan = planOf([], {
    upstreams: [{ url: [backend.url], http: '1.1', tls: null, credential }],
    settings: [{ name: 'SECRET', default: null, usedFor: ['test'] }],
    operations: (['GET', 'POST'] as const).map((method) => ({ method, template: '/a/{id}' })),
  })
  const clock = new TestClock()
  const gateway = await LocalGateway.start(plan, { environment: { SECRET: 'secret: +' }, clock })
  t.after(() => gateway.stop())
  return { endpoint, backend, gateway, clock }
}

function get({ gateway }: World, fields: readonly string[] = []): Promise<Answer> {
  return ask(gateway.port, requestText('GET', '/a/1', fields))
}

function authorization(answer: Answer): readonly string[] {
  return seen(answer).fields.flatMap(([name, value]) => (/^authorization$/i.test(name) ? [value] : []))
}

/** Takes one token, and refuses all others. */
function takes(token: () => string, challenge: readonly string[] = ['WWW-Authenticate: Bearer error="invalid_token"']): Handler {
  return async (request) => {
    const body = await request.whole
    if (request.field('authorization') !== `Bearer ${token()}`) return void request.respond('', challenge, '401 Unauthorized')
    request.respond(body)
  }
}

test('one token serves all requests, and the client has none of its own', async (t) => {
  const there = await world(t)
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(there, ['Authorization: Bearer of-the-client'])))
  assert.deepEqual(new Set(answers.flatMap(authorization)), new Set(['Bearer token-1']))
  assert.equal(there.endpoint.asked.length, 1)
  const [asked] = there.endpoint.asked
  assert.equal(asked?.form.toString(), 'grant_type=client_credentials&scope=read+write')
  assert.equal(asked?.authorization, `Basic ${Buffer.from('gateway:secret%3A+%2B').toString('base64')}`)
})

test('credentials in the form, and an audience', async (t) => {
  const there = await world(t, { client: { ...client, kind: 'post' }, scopes: [], audience: 'https://api.example' })
  assert.equal((await get(there)).status, 200)
  const { authorization: field, form } = there.endpoint.asked[0]!
  assert.equal(field, undefined)
  assert.deepEqual(Object.fromEntries(form), {
    grant_type: 'client_credentials',
    audience: 'https://api.example',
    client_id: 'gateway',
    client_secret: 'secret: +',
  })
})

test('a token is replaced before it ends, and nobody waits', async (t) => {
  const there = await world(t, {}, (endpoint) => {
    endpoint.life = 100
  })
  assert.deepEqual(authorization(await get(there)), ['Bearer token-1'])
  await there.clock.advance(70_000)
  assert.equal(there.endpoint.asked.length, 1)
  let release = (): void => {}
  there.endpoint.held = new Promise((resolve) => {
    release = resolve
  })
  await there.clock.advance(6000)
  assert.deepEqual(authorization(await get(there)), ['Bearer token-1'])
  release()
  await until(async () => authorization(await get(there))[0] === 'Bearer token-2')
  assert.equal(there.endpoint.asked.length, 2)
})

test('a token that the backend no longer takes is fetched anew, once for all', async (t) => {
  const there = await world(t)
  assert.equal((await get(there)).status, 200)
  there.backend.handler = takes(() => 'token-2')
  await there.clock.advance(11_000)
  const large = 'b'.repeat(100_000)
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, () => get(there)),
    ask(there.gateway.port, requestText('POST', '/a/1', [], 'body')),
    ask(there.gateway.port, requestText('POST', '/a/1', [], large)),
  ])
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(answers.at(-1)?.message.text, large)
  assert.equal(there.endpoint.asked.length, 2)
})

test('a backend that takes no token at all', async (t) => {
  const there = await world(t)
  there.backend.handler = takes(() => 'none')
  const { status, message } = await get(there)
  assert.deepEqual([status, JSON.parse(message.text).type], [502, 'urn:postern:refusal:backend-credential-refused'])
  assert.equal(message.field('www-authenticate'), undefined)
  for (let count = 0; count < 5; count++) assert.equal((await get(there)).status, 502)
  assert.equal(there.endpoint.asked.length, 1)
  there.backend.handler = takes(() => 'none', [])
  assert.equal((await get(there)).status, 401)
})

const failures: readonly (readonly [string, TokenEndpoint['failure']])[] = [
  ['a refusal', { status: 401, body: '{"error":"invalid_client"}' }],
  ['no JSON', { status: 200, body: 'token' }],
  ['another type of token', { status: 200, body: '{"access_token":"a","token_type":"mac"}' }],
  ['a token that no field can hold', { status: 200, body: '{"access_token":"a\\r\\nX: 1","token_type":"bearer"}' }],
  ['a token that has ended', { status: 200, body: '{"access_token":"a","token_type":"bearer","expires_in":0}' }],
  ['too much', { status: 200, body: `{"access_token":"${'a'.repeat(100_000)}","token_type":"bearer"}` }],
]

for (const [name, failure] of failures) {
  test(`a token endpoint that answers with ${name}`, async (t) => {
    const there = await world(t, {}, (endpoint) => {
      endpoint.failure = failure
    })
    const { status, message } = await get(there)
    assert.deepEqual([status, JSON.parse(message.text).type], [503, 'urn:postern:refusal:backend-credential-unavailable'])
    assert.equal(there.backend.requests.length, 0)
    // It is spared for a while, and asked again.
    const before = there.endpoint.asked.length
    assert.equal((await get(there)).status, 503)
    assert.equal(there.endpoint.asked.length, before)
    there.endpoint.failure = null
    await there.clock.advance(5000)
    assert.equal((await get(there)).status, 200)
    assert.ok(!JSON.stringify(there.gateway.log.lines).includes('secret:'))
  })
}

test('a token endpoint that is silent: requests wait, and not for ever', async (t) => {
  const there = await world(t, {}, (endpoint) => {
    endpoint.held = new Promise(() => {})
  })
  const waiting = get(there)
  const second = get(there)
  await untilHeld(there.gateway, there.backend, ({ inFlight }) => inFlight === 2)
  await until(() => there.endpoint.asked.length === 1)
  await there.clock.advance(5001)
  assert.deepEqual([(await waiting).status, (await second).status], [503, 503])
})

test('an address of a token endpoint that is not confidential stops the start', async (t) => {
  await assert.rejects(world(t, { service: { url: ['http://idp.example/token'], plainHttp: false, tls: null } }), /must be an https URL/)
})
