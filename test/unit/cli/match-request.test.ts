import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchRequest } from '../../../src/cli/match-request.ts'
import { parsePathTemplate } from '../../../src/compiler/model/path-template.ts'
import type { ManifestOperation } from '../../../src/contract/manifest/operation.ts'
import type { Method } from '../../../src/contract/plan/method.ts'
import { changesWithoutParameters } from '../../../src/gateway/router/path-parameters.ts'
import { Router } from '../../../src/gateway/router/router.ts'
import { type CanonicalTarget, canonicalise } from '../../../src/gateway/router/target.ts'

const routes: readonly (readonly [Method, string])[] = [
  ['GET', '/'],
  ['GET', '/books'],
  ['POST', '/books'],
  ['GET', '/books/'],
  ['GET', '/books/latest'],
  ['GET', '/books/{id}'],
  ['DELETE', '/books/{key}'],
  ['GET', '/books/{id}.json'],
  ['GET', '/books/{id}.{format}'],
  ['GET', '/books/x{id}'],
  ['GET', '/books/{id}/pages/{page}'],
  ['GET', '/books/latest/covers'],
  ['GET', '/{shop}/latest/sales'],
  ['GET', '/caf%c3%a9'],
  ['GET', '/a%2Fb/{x}'],
  ['GET', '/seats;row={row}'],
]

const operations = routes.map(([method, template], index) => ({ method, template, id: String(index) }) as ManifestOperation)

const paths = [
  ...['/', '/books', '/books/', '/books/latest', '/books/17', '/books/17.json', '/books/17.xml', '/books/x17', '/books/x17.json'],
  ...['/books/.json', '/books//pages/1', '/books/17/pages/2', '/books/latest/covers', '/books/latest/sales', '/shop/latest/sales'],
  ...['/BOOKS', '/books/17/', '//', '/caf%C3%A9', '/caf%c3%a9', '/caf%E9', '/café', '/a%2fb/1', '/a/b/1', '/%62ooks', '/books/%2e%2e'],
  ...['/books/../x', '/books/.', '/books/a%00', '/books/a%5Cb', '/books/a b', '/books?x=/y', '/books/17?x=../..', '/nowhere', '/books/%'],
  ...['/books/17%20', '/books/latest;x=1', '/books/latest%3bx', '/books/17;x=1', '/books/1;x.json', '/seats;row=1', '/seats;row=1;x'],
  ...['/books/1;x/pages/;page=2', '/books;x', '/;x/', '/nowhere;x', '/;'],
]

test('what is explained is what the gateway does', () => {
  const router = new Router(
    operations.map(({ method, template, id }) => {
      const parsed = parsePathTemplate(template)
      assert.equal(parsed.kind, 'template')
      return { plan: { method: method as Method, path: parsed.kind === 'template' ? parsed.segments : [] }, value: id }
    }),
  )
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const match = matchRequest(method, path, operations)
      assert.deepEqual(
        match.kind === 'operation' ? match.operation.id : match.kind === 'no-method' ? match.allow : match.kind,
        routed(router, method, path),
        `${method} ${path}`,
      )
    }
  }
})

function routed(router: Router<string>, method: string, target: string): string | readonly string[] {
  const into: CanonicalTarget = { path: '', query: '' }
  if (!canonicalise(target, into)) return 'bad-target'
  const found = router.find(into.path)
  if (changesWithoutParameters(router, into.path, found)) return 'bad-target'
  if (found === null) return 'no-route'
  return found.byMethod.get(method) ?? found.allow.split(', ')
}

test('a method that the path has not is answered with those that it has', () => {
  assert.deepEqual(matchRequest('PUT', '/books', operations), { kind: 'no-method', allow: ['GET', 'POST'], template: '/books' })
  assert.deepEqual(matchRequest('PUT', '/books/17', operations), { kind: 'no-method', allow: ['DELETE', 'GET'], template: '/books/{id}' })
})
