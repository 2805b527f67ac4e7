import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import type { WrittenOnStale } from '../../../../src/compiler/model/types/revocation.ts'
import { canonicalJson } from '../../../../src/compiler/plan/canonical.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { api, at, backend, operation, project, throttle, tokenWith } from '../sample-project.ts'

function planOf(...operations: readonly Operation[]) {
  return makePlan(project([api(operations)])).plan
}

test('the order of operations in the definition leaves no trace', () => {
  const operations = [operation('PUT', '/b'), operation('GET', '/b'), operation('GET', '/a/{id}'), operation('GET', '/a')]
  const plan = planOf(...operations)
  assert.equal(canonicalJson(plan), canonicalJson(planOf(...operations.toReversed())))
  assert.deepEqual(
    plan.operations.map(({ method, template }) => `${method} ${template}`),
    ['GET /books/a', 'GET /books/a/{id}', 'GET /books/b', 'PUT /books/b'],
  )
})

test('the base path stands before the template, as segments too', () => {
  const [books] = planOf(operation('GET', '/{id}')).operations
  assert.deepEqual(books?.path, [{ kind: 'literal', text: 'books' }, { kind: 'parameter' }])
  const root = makePlan(project([api([operation('GET', '/')], { basePath: { value: '', at: at('postern.yaml', 4) } })])).plan.operations[0]
  assert.deepEqual([root?.template, root?.path], ['/', [{ kind: 'literal', text: '' }]])
})

test('an operationId is the label', () => {
  assert.equal(planOf(operation('GET', '/a', { operationId: 'listBooks' })).operations[0]?.id, 'listBooks')
})

test('an operationId that several operations have is no label for any of them', () => {
  const plan = planOf(operation('GET', '/a', { operationId: 'x' }), operation('GET', '/b', { operationId: 'x' }))
  assert.deepEqual(
    plan.operations.map(({ id }) => id),
    ['GET /books/a', 'GET /books/b'],
  )
})

test('an operationId cannot take the label of another operation', () => {
  const plan = planOf(operation('GET', '/a', { operationId: 'GET /books/b' }), operation('GET', '/b'))
  assert.deepEqual(
    plan.operations.map(({ id }) => id),
    ['GET /books/a', 'GET /books/b'],
  )
})

test('one URL with other options is another upstream, wherever the options are written', () => {
  const url = ['https://backend.example']
  const authority = { pem: 'PEM', subject: 'CN=ca', notBefore: 0, notAfter: 1, at: at('ca.pem', 1) }
  const tls = { authorities: [authority], clientCertificate: null, serverName: null }
  const placed = (http: '1.1' | '2', line: number): Operation['production'] => ({
    value: { url, http, tls: { ...tls, at: at('postern.yaml', line) }, credential: null },
    at: at('postern.yaml', line),
  })
  const plan = planOf(
    operation('GET', '/a', { production: backend(url) }),
    operation('GET', '/b', { production: placed('1.1', 1) }),
    operation('GET', '/c', { production: placed('2', 2) }),
    operation('GET', '/d', { production: placed('2', 3) }),
  )
  const planned = { authorities: ['PEM'], clientCertificate: null, serverName: null }
  assert.deepEqual(plan.upstreams, [
    { url, http: '1.1', tls: null, credential: null },
    { url, http: '1.1', tls: planned, credential: null },
    { url, http: '2', tls: planned, credential: null },
  ])
  assert.deepEqual(
    plan.operations.map(({ production }) => production?.upstream),
    [0, 1, 2, 2],
  )
})

test('upstreams are listed once each', () => {
  const other = backend(['http://127.0.0.1:9001'], at('api.yaml', 3))
  const plan = planOf(operation('GET', '/a', { sandbox: other }), operation('GET', '/b'), operation('GET', '/c', { production: other }))
  assert.deepEqual(plan.upstreams, [
    { url: ['http://127.0.0.1:9000'], http: '1.1', tls: null, credential: null },
    { url: ['http://127.0.0.1:9001'], http: '1.1', tls: null, credential: null },
  ])
  assert.deepEqual(
    plan.operations.map(({ production, sandbox }) => [production?.upstream, sandbox?.upstream]),
    [
      [0, 1],
      [0, undefined],
      [1, undefined],
    ],
  )
})

test('an API tier is one limit for all its operations, and comes before the operation’s own', () => {
  const operations = [operation('GET', '/a', { throttle: throttle('Bronze') }), operation('GET', '/b', { throttle: throttle('Bronze') })]
  const { plan } = makePlan(project([api(operations, { throttle: throttle('Gold', 'api') })]))
  assert.deepEqual(
    plan.operations.map(({ limits }) => limits),
    [
      [0, 1],
      [0, 2],
    ],
  )
  assert.deepEqual(
    plan.throttling.limits.map(({ tier, level, by }) => [tier, level, by]),
    [
      ['Gold', 'api', 'api'],
      ['Bronze', 'operation', 'consumer'],
      ['Bronze', 'operation', 'consumer'],
    ],
  )
  assert.deepEqual(plan.throttling.limits[1]?.windows, [{ algorithm: 'fixed', unit: 'requests', amount: 10, window: 60_000 }])
  assert.equal(plan.throttling.capacity, 100_000)
})

test('Unlimited is no limit, and without limits no counters are kept', () => {
  const plan = planOf(operation('GET', '/a', { throttle: throttle('Unlimited') }))
  assert.deepEqual(plan.throttling, {
    limits: [],
    capacity: 0,
    store: null,
    trafficManager: null,
    subscription: null,
    application: null,
    unauthenticated: null,
    custom: [],
  })
})

test('scopes are indexes into one sorted list', () => {
  const plan = planOf(
    operation('GET', '/a', { security: tokenWith(['write']) }),
    operation('GET', '/b', { security: tokenWith(['read', 'write']) }),
  )
  assert.deepEqual(plan.scopes, ['read', 'write'])
  assert.deepEqual(
    plan.operations.map(({ security }) => security.kind === 'token' && security.alternatives[0]?.scopes),
    [[1], [0, 1]],
  )
})

test('settings are sorted by name', () => {
  const setting = (name: string) => ({ name, default: null, usedFor: ['backend of Books'], at: at('postern.yaml', 5) })
  const settings = new Map([
    ['B_URL', setting('B_URL')],
    ['A_URL', setting('A_URL')],
  ])
  const { plan } = makePlan(project([api([operation('GET', '/a')])], { settings }))
  assert.deepEqual(
    plan.settings.map(({ name }) => name),
    ['A_URL', 'B_URL'],
  )
})

test('the plan holds nothing but JSON', () => {
  const plan = planOf(operation('GET', '/a', { security: tokenWith(['read']), throttle: throttle('Gold') }))
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan)
})

test('operations that say the same of stale revocations share a rule, and what they leave out is the project’s', () => {
  const onStale = (written: WrittenOnStale): Partial<Operation> => ({
    onStale: { value: written, at: at('api.yaml', 1) },
    security: tokenWith([]),
  })
  const operations = [
    operation('GET', '/a', { security: tokenWith([]) }),
    operation('GET', '/b', onStale({ after: 30_000, action: null })),
    operation('GET', '/c', onStale({ after: null, action: 'allow' })),
    operation('GET', '/d', onStale({ after: 60_000, action: 'deny' })),
    operation('GET', '/e', { onStale: { value: { after: 1, action: 'allow' }, at: at('api.yaml', 1) } }),
  ]
  const revocation = {
    at: at('postern.yaml', 1),
    snapshot: null,
    persist: null,
    denies: false,
    feeds: [],
    onStale: { after: 60_000, action: 'deny' },
  } as const
  const { plan } = makePlan(project([api(operations)], { revocation }))
  assert.deepEqual(
    plan.operations.map((each) => each.onStale),
    [0, 1, 2, 0, null],
  )
  assert.deepEqual(plan.revocation?.staleRules, [
    { after: 60_000, action: 'deny' },
    { after: 30_000, action: 'deny' },
    { after: 60_000, action: 'allow' },
  ])
})
