import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Throttle } from '../../../../src/compiler/model/types/throttling.ts'
import { openapi, readDefinition } from './read-definition.ts'

test('one operation for each method of each path, with its place', () => {
  const { api, found } = readDefinition(
    openapi(`paths:
  /a: { get: {}, put: {}, post: {}, delete: {}, options: {}, head: {}, patch: {}, trace: {}, connect: {} }
  /b/{id}:
    parameters: [{ in: path, name: id }]
    get: { operationId: getB }
`),
  )
  assert.deepEqual(found, [])
  assert.deepEqual(
    api.operations.map(({ method }) => method),
    ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'GET'],
  )
  const last = api.operations.at(-1)
  assert.deepEqual([last?.template, last?.operationId, last?.at.line, last?.at.column], ['/b/{id}', 'getB', 7, 5])
  assert.deepEqual(last?.path, [{ kind: 'literal', text: 'b' }, { kind: 'parameter' }])
})

test('path items behind a $ref are read; webhooks and callbacks are not served', () => {
  const { api, found } = readDefinition(`openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a: { $ref: '#/components/pathItems/a', summary: x }
  /b: { post: { callbacks: { done: { '{$request.body#/url}': { post: {} } } } } }
webhooks: { w: { post: {} } }
components: { pathItems: { a: { get: {} }, unused: { get: {} } } }
`)
  assert.deepEqual(found, [])
  assert.deepEqual(
    api.operations.map(({ method, template }) => `${method} ${template}`),
    ['GET /a', 'POST /b'],
  )
})

test('names are only text, whatever they hold', () => {
  const evil = '`${process.exit(1)}` */ </script> \\u0000'
  const { api, operation, found } = readDefinition(
    openapi(`paths:\n  /constructor: { get: { operationId: '${evil}' } }\n  /__proto__x: { get: { operationId: toString } }\n`),
  )
  assert.deepEqual(found, [])
  assert.equal(operation('GET /constructor').operationId, evil)
  assert.equal(api.operations.length, 2)
})

test('limits: the nearest level wins, key by key', () => {
  const { operation, found } = readDefinition(
    openapi(`x-postern: { maxBody: 1KiB, timeout: 1s }
paths:
  /a:
    x-postern: { maxBody: 2KiB }
    get: { x-postern: { timeout: 3s } }
    put: {}
  /b: { get: {} }
`),
  )
  assert.deepEqual(found, [])
  const limits = (name: string): readonly number[] => {
    const { maxBody, answerTimeout, exchangeTimeout } = operation(name)
    return [maxBody.value, answerTimeout.value, exchangeTimeout.value]
  }
  assert.deepEqual(limits('GET /a'), [2048, 3000, 3000])
  assert.deepEqual(limits('PUT /a'), [2048, 1000, 1000])
  assert.deepEqual(limits('GET /b'), [1024, 1000, 1000])
  assert.equal(operation('GET /a').exchangeTimeout.at?.line, 7)
})

test('without them the project’s defaults hold, with no place', () => {
  const { operation } = readDefinition(openapi('paths: { /a: { get: {} } }\n'))
  const { maxBody, answerTimeout, exchangeTimeout } = operation('GET /a')
  assert.deepEqual(
    [maxBody, answerTimeout, exchangeTimeout],
    [
      { value: 10 * 1024 * 1024, at: null },
      { value: 60_000, at: null },
      { value: 0, at: null },
    ],
  )
})

test('tiers: the root’s holds for the API, the path’s or operation’s for the operation', () => {
  const { api, operation, found } = readDefinition(
    openapi(`x-wso2-throttling-tier: Root
paths:
  /a:
    x-postern: { throttle: { tier: Path, by: address } }
    get: { x-throttling-tier: Operation }
    put: { x-postern: { throttle: Own }, x-wso2-throttling-tier: Own }
    post: {}
  /b: { get: {} }
`),
  )
  assert.deepEqual(found, [])
  const tier = (throttle: Throttle | null): string | null => throttle && `${throttle.tier.value} by ${throttle.by}`
  assert.equal(tier(api.throttle), 'Root by consumer')
  assert.equal(tier(operation('GET /a').throttle), 'Operation by consumer')
  assert.equal(tier(operation('PUT /a').throttle), 'Own by consumer')
  assert.equal(tier(operation('POST /a').throttle), 'Path by address')
  assert.equal(operation('GET /b').throttle, null)
})

test('many paths that share one path item are bounded', () => {
  const paths = Array.from({ length: 60_000 }, (_, index) => `"/p${index}":{"$ref":"#/components/pathItems/a"}`)
  const { api, found } = readDefinition(
    `{"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{${paths.join(',')}},"components":{"pathItems":{"a":{"get":{}}}}}`,
  )
  assert.equal(api.operations.length, 50_001)
  assert.deepEqual(
    found.map((line) => line.split(' ')[1]),
    ['invalid-definition'],
  )
})
