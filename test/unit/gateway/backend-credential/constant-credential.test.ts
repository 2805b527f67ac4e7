/** Basic and API keys, through a whole gateway. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { BackendCredentialPlan } from '../../../../src/contract/plan/backend-credential.ts'
import { Backend, type Handler, seen } from '../../../wire/backend.ts'
import { type Answer, ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { Http2LibraryClient } from '../../../wire/http2-library-client.ts'
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

test('an API key in the query, which no answer gives away', async (t) => {
  const there = await world(t, { kind: 'api-key', in: 'query', name: 'api_key', key: secret }, 'Key&1=u')
  const pair = 'api_key=Key%261%3Du'
  const answered = async (lines: readonly string[], status = '302 Found'): Promise<Answer['message']> => {
    there.backend.handler = (request) => request.respond('', lines, status)
    return (await post(there, '/a?x=1')).message
  }
  for (const [line, expected] of [
    [`Location: /a/?x=1&${pair}#end`, '/a/?x=1#end'],
    [`LOCATION: http://b/a?${pair}`, 'http://b/a'],
    [`Content-Location: /a?${pair}&y`, '/a?y'],
    [`Link: </a?p=2&${pair}>; rel="next", </a?${pair}>; rel="first"`, '</a?p=2>; rel="next", </a>; rel="first"'],
    [`Refresh: 5; url=/a?x=1&API%5fkey=Key%261%3du`, '5; url=/a?x=1'],
    ['Location: /login?back=%2Fa%3Fapi_key%3DKey%25261%253Du', undefined],
    ['Location: /a/Key&1=u', undefined],
    ['Location: /a?y=%4bey%261%3Du', undefined],
    ['Location: /a?y=key&1=u', undefined],
    ['Set-Cookie: back=/a?api_key=Key%261%3Du', undefined],
    ['Location: /a?y=%zz', '/a?y=%zz'],
  ] as const) {
    const message = await answered([line, 'X-Other: a=%41?api_key=b'])
    assert.equal(message.field(line.slice(0, line.indexOf(':'))), expected, line)
    assert.equal(message.field('x-other'), 'a=%41?api_key=b')
  }
  assert.equal((await answered([], '404 No /a?api_key=Key%261%3Du')).startLine, 'HTTP/1.1 404 ')
})

test('nor does an interim answer', async (t) => {
  const there = await world(t, { kind: 'api-key', in: 'query', name: 'api_key', key: secret }, 'secret-1')
  there.backend.handler = (request) => {
    request.write('HTTP/1.1 103 Early Hints\r\nLink: </b?api_key=secret-1>\r\nX-Seen: /a?api_key=secret-1\r\n\r\n')
    request.respond()
  }
  const { interim } = await post(there, '/a')
  assert.deepEqual(
    interim.map(({ fields }) => fields),
    [[['Link', '</b>']]],
  )
})

test('nor do trailers', async (t) => {
  const backend = createServer().on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-seen': '/a?api_key=secret-1', 'x-kept': '1' }))
    stream.end('body')
  })
  backend.listen(0, '127.0.0.1')
  await once(backend, 'listening')
  t.after(() => backend.close())
  const credential = { kind: 'api-key', in: 'query', name: 'api_key', key: secret } as const
  const plan = planOf([], {
    upstreams: [{ url: [`http://127.0.0.1:${(backend.address() as AddressInfo).port}`], http: '2', tls: null, credential }],
    settings: [{ name: 'SECRET', default: null, usedFor: ['test'] }],
    operations: [{ method: 'GET', template: '/a' }],
  })
  const gateway = await LocalGateway.start(plan, { environment: { SECRET: 'secret-1' } })
  t.after(() => gateway.stop())
  const client = await Http2LibraryClient.connect(gateway.port)
  const { body, trailers } = await client.ask('GET', '/a')
  assert.deepEqual([body.toString(), Object.keys(trailers)], ['body', ['x-kept']])
  await client.close()
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
