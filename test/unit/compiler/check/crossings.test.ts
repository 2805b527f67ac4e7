import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCrossings } from '../../../../src/compiler/check/crossings.ts'
import type { Route } from '../../../../src/compiler/check/routes.ts'
import type { Method } from '../../../../src/contract/plan/method.ts'
import { api, operation } from '../sample-project.ts'

function route(path: string, method: Method = 'GET'): Route {
  const segments = path.slice(1).split('/')
  return { api: api([]), operation: operation(method, path), segments: segments.map((text) => text.split('{}')) }
}

function crossings(...paths: readonly string[]): readonly string[] {
  const { found } = findCrossings(
    paths.map((path) => route(path)),
    () => true,
  )
  return [...found].map(([a, b]) => `${a.operation.template} ${b.operation.template}`)
}

test('two routes cross when each is more concrete somewhere', () => {
  assert.deepEqual(crossings('/a/{}', '/{}/b'), ['/{}/b /a/{}'])
  assert.deepEqual(crossings('/{}/b', '/a/{}'), ['/a/{} /{}/b'])
  assert.deepEqual(crossings('/x/{}.json', '/x/report.{}'), ['/x/report.{} /x/{}.json'])
  assert.deepEqual(crossings('/{}.json/{}', '/{}/b'), ['/{}/b /{}.json/{}'])
})

test('routes do not cross when one is as concrete as the other everywhere, or no request fits both', () => {
  assert.deepEqual(crossings('/a/b', '/a/{}', '/{}/{}', '/a/{}.json'), [])
  assert.deepEqual(crossings('/a/{}', '/b/{}', '/c/d'), [])
  assert.deepEqual(crossings('/a/{}', '/{}/b/c'), [])
  assert.deepEqual(crossings('/a/{}', '/a/{}'), [])
})

test('a third route that takes the requests of both settles it', () => {
  assert.deepEqual(crossings('/a/b', '/a/{}', '/{}/b'), [])
  assert.deepEqual(crossings('/a/{}/{}', '/{}/b/{}', '/a/b/{}'), [])
  assert.deepEqual(crossings('/a/{}/{}', '/{}/b/{}', '/a/b/c'), ['/{}/b/{} /a/{}/{}'])
})

test('routes of different methods do not cross', () => {
  const { found } = findCrossings([route('/a/{}', 'GET'), route('/{}/b', 'PUT')], () => true)
  assert.equal(found.size, 0)
})

test('a crossing that does not matter is passed over for one that does', () => {
  const routes = [route('/a/{}/{}'), route('/b/{}/{}'), route('/{}/c/{}')]
  const { found } = findCrossings(routes, (_, earlier) => earlier.operation.template.startsWith('/b'))
  assert.deepEqual([...found.values()], [routes[1]])
})

test('the comparisons stay few for many routes that do not cross', () => {
  let compared = 0
  const routes = Array.from({ length: 20_000 }, (_, index) => route(`/items${index}/{}/parts/{}`))
  const { found, givenUpAt } = findCrossings([...routes, route('/{}/{}/{}/{}')], () => ++compared > 0)
  assert.equal(found.size, 0)
  assert.equal(givenUpAt, null)
  assert.equal(compared, 0)
})

test('thousands of routes that all cross one another are gone through in bounded time', () => {
  const half = 3000
  const routes = Array.from({ length: 2 * half }, (_, index) => route(index < half ? `/a${index}/{}` : `/{}/b${index}`))
  const { found, givenUpAt } = findCrossings(routes, () => false)
  assert.equal(found.size, 0)
  assert.notEqual(givenUpAt, null)
})

test('very long routes are compared as well', () => {
  const long = '/a'.repeat(50_000)
  assert.equal(crossings(`${long}/b/{}`, `${long}/{}/c`).length, 1)
})
