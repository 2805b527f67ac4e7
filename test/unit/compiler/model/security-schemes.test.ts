import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SecurityScheme } from '../../../../src/compiler/model/types/security.ts'
import { openapi, readDefinition, swagger } from './read-definition.ts'

const operation = 'paths: { /pets: { get: { security: [{ s: [] }] } } }\n'

function scheme(text: string): { scheme: SecurityScheme | undefined; found: readonly string[] } {
  const { operation: find, found } = readDefinition(text)
  const { security } = find('GET /pets')
  return { scheme: security.kind === 'required' ? security.requirements[0]?.schemes[0]?.scheme : undefined, found }
}

const of3 = (lines: string): { scheme: SecurityScheme | undefined; found: readonly string[] } =>
  scheme(openapi(`${operation}components:\n  securitySchemes:\n    s: ${lines}\n    t: { type: http, scheme: basic }\n`))
const of2 = (lines: string): { scheme: SecurityScheme | undefined; found: readonly string[] } =>
  scheme(swagger(`${operation}securityDefinitions:\n  s: ${lines}\n`))

test('security schemes of OpenAPI 3', () => {
  const cases: readonly (readonly [string, SecurityScheme])[] = [
    ['{ type: http, scheme: Bearer, bearerFormat: JWT }', { kind: 'token', type: 'bearer', declaredScopes: null }],
    ['{ type: http, scheme: jwt }', { kind: 'token', type: 'bearer', declaredScopes: null }],
    ['{ type: http, scheme: BASIC }', { kind: 'basic' }],
    ['{ type: http, scheme: digest }', { kind: 'other', type: 'http digest' }],
    ['{ type: openIdConnect, openIdConnectUrl: https://a }', { kind: 'token', type: 'openIdConnect', declaredScopes: null }],
    ['{ type: apiKey, in: cookie, name: k }', { kind: 'apiKey', in: 'cookie', name: 'k' }],
    ['{ type: mutualTLS }', { kind: 'mutualTLS' }],
    ['{ type: magic }', { kind: 'other', type: 'magic' }],
    ["{ $ref: '#/components/securitySchemes/t' }", { kind: 'basic' }],
  ]
  for (const [lines, expected] of cases) assert.deepEqual(of3(lines), { scheme: expected, found: [] }, lines)
})

test('the scopes of an oauth2 scheme are those of all its flows', () => {
  const flows = '{ implicit: { scopes: { a: x, b: y } }, password: { scopes: { b: y, c: z } }, x-note: 1 }'
  assert.deepEqual(of3(`{ type: oauth2, flows: ${flows} }`).scheme, {
    kind: 'token',
    type: 'oauth2',
    declaredScopes: new Set(['a', 'b', 'c']),
  })
})

test('security schemes of Swagger 2.0', () => {
  const cases: readonly (readonly [string, SecurityScheme])[] = [
    ['{ type: basic }', { kind: 'basic' }],
    ['{ type: apiKey, in: query, name: k }', { kind: 'apiKey', in: 'query', name: 'k' }],
    ['{ type: oauth2, flow: application, scopes: { a: x } }', { kind: 'token', type: 'oauth2', declaredScopes: new Set(['a']) }],
    ['{ type: http, scheme: bearer }', { kind: 'other', type: 'http' }],
  ]
  for (const [lines, expected] of cases) assert.deepEqual(of2(lines), { scheme: expected, found: [] }, lines)
})

test('a scheme that lacks what it needs is reported, and is no token', () => {
  const at = '#/components/securitySchemes/s'
  for (const lines of ['{}', '{ type: http }', '{ type: oauth2 }', '{ type: apiKey, in: header }']) {
    assert.deepEqual(of3(lines).found, [`6:8 invalid-definition ${at}`], lines)
  }
  assert.deepEqual(of3('{ type: apiKey, in: body, name: k }').found, [`6:28 invalid-definition ${at}/in`])
  assert.equal(of3('{}').scheme?.kind, 'unreadable')
})
