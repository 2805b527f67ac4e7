/** Small files that ask for much: what could multiply is bounded, and says so. A test that does not end is a test that fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDefinition } from './read-definition.ts'

const info = { title: 'A', version: '1' }
const codes = (definition: object): readonly string[] => {
  const { found } = readDefinition(JSON.stringify({ openapi: '3.1.0', info, ...definition }))
  return [...new Set(found.map((line) => line.split(' ').slice(1).join(' ')))]
}
const paths = (count: number, item: object): object => Object.fromEntries(Array.from({ length: count }, (_, index) => [`/p${index}`, item]))
const numbered = <T>(count: number, make: (index: number) => T): readonly T[] => Array.from({ length: count }, (_, index) => make(index))
const shared = { $ref: '#/components/pathItems/a' }

test('a path item with hundreds of parameters, shared by thousands of paths', () => {
  const parameters = numbered(400, (index) => ({ in: 'path', name: `x${index}` }))
  const found = codes({ paths: paths(5000, shared), components: { pathItems: { a: { get: { parameters } } } } })
  assert.equal(found.length, 400)
  const tooMany = { get: { parameters: numbered(501, (index) => ({ in: 'query', name: `x${index}` })) } }
  assert.deepEqual(codes({ paths: { '/a': tooMany } }), ['invalid-definition #/paths/~1a/get/parameters'])
})

test('a security list that every operation would have', () => {
  const security = numbered(20_000, () => ({ s: [] }))
  assert.deepEqual(codes({ security, paths: paths(5000, { get: {} }) }), ['invalid-definition #/security'])
  assert.deepEqual(codes({ security: [{ s: numbered(498, String) }], paths: {} }), [])
  assert.deepEqual(codes({ security: [{ s: numbered(500, String) }], paths: {} }), ['invalid-definition #/security'])
})

test('names that would be repeated for every operation', () => {
  const long = 'x'.repeat(100_000)
  assert.deepEqual(codes({ paths: { '/a': { get: { operationId: long } } } }), ['invalid-definition #/paths/~1a/get/operationId'])
  assert.deepEqual(codes({ security: [{ [long]: [] }], paths: { '/a': { get: {} } } }), ['invalid-definition #/security/0'])
  assert.deepEqual(codes({ 'x-wso2-auth-header': long, paths: { '/a': { get: {} } } }), ['invalid-extension #/x-wso2-auth-header'])
  assert.deepEqual(codes({ 'x-wso2-basePath': `/${'x'.repeat(2000)}`, paths: {} }), ['invalid-path #/x-wso2-basePath'])
  const [path = ''] = codes({ paths: { [`/${long}`]: { get: {} } } })
  assert.match(path, /^invalid-path #\/paths\/~1x+%E2%80%A6$/)
  assert.ok(path.length < 1000)
})

test('server variables that would be written out to gigabytes', () => {
  const server = { url: `https://a/${'{v}'.repeat(2000)}`, variables: { v: { default: 'x'.repeat(1_000_000) } } }
  assert.deepEqual(codes({ servers: [server], paths: {} }), ['invalid-definition #/servers/0/url'])
})

test('a version that would be written out to gigabytes', () => {
  const found = codes({ 'x-wso2-basePath': `/${'{version}'.repeat(800)}`, info: { title: 'A', version: 'x'.repeat(8000) }, paths: {} })
  assert.deepEqual(found, ['invalid-path #/x-wso2-basePath'])
})

test('an unknown key, a hundred thousand times', () => {
  const junk = Object.fromEntries(numbered(100_000, (index) => [`x-wso2-cor${index}`, 1]))
  const { found } = readDefinition(JSON.stringify({ openapi: '3.1.0', info, paths: {}, ...junk }))
  assert.equal(found.length, 1000)
})

test('thousands of named endpoints, each looked up thousands of times', () => {
  const endpoints = numbered(5000, (index) => ({ [`e${index}`]: { urls: ['https://a'] } }))
  const operation = { get: { 'x-wso2-production-endpoints': '#/x-wso2-endpoints/e4999' } }
  assert.deepEqual(codes({ 'x-wso2-endpoints': endpoints, paths: paths(5000, operation) }), [])
})
