import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SettingText } from '../../../../src/contract/plan/setting.ts'
import { backend as plain } from '../sample-project.ts'
import { openapi, type Reading, readDefinition, swagger } from './read-definition.ts'

const production = (reading: Reading): SettingText | null => reading.operation('GET /pets').production?.value.url ?? null
const sandbox = (reading: Reading): SettingText | null => reading.operation('GET /pets').sandbox?.value.url ?? null

const levels = {
  operationServers: "servers: [{ url: 'https://operation-server' }]",
  pathServers: "servers: [{ url: 'https://path-server' }]",
  rootServers: "servers: [{ url: 'https://root-server' }]",
}

/** A definition with lines at its root, its path and its operation. */
function definition({ root = '', path = '', operation = '' }: { root?: string; path?: string; operation?: string }): string {
  return openapi(`${root}\npaths:\n  /pets:\n    ${path}\n    get:\n      ${operation}\n      security: []\n`)
}

const everywhere = {
  root: `${levels.rootServers}\nx-postern: { backend: https://root }`,
  path: `${levels.pathServers}\n    x-postern: { backend: https://path }`,
  operation: `${levels.operationServers}\n      x-postern: { backend: https://operation }`,
}

test('the nearest level that names a backend wins, and there an extension goes before servers', () => {
  const { root, path, operation } = everywhere
  assert.deepEqual(production(readDefinition(definition({ root, path, operation }))), ['https://operation'])
  assert.deepEqual(production(readDefinition(definition({ root, path, operation: levels.operationServers }))), ['https://operation-server'])
  assert.deepEqual(production(readDefinition(definition({ root, path }))), ['https://path'])
  assert.deepEqual(production(readDefinition(definition({ root, path: levels.pathServers }))), ['https://path-server'])
  assert.deepEqual(production(readDefinition(definition({ root }))), ['https://root'])
  assert.deepEqual(production(readDefinition(definition({ root: levels.rootServers }))), ['https://root-server'])
  assert.equal(production(readDefinition(definition({}))), null)
})

test('the project’s backend replaces the root’s, and servers at every level', () => {
  const backend = plain(['https://project'])
  const { root, path, operation } = everywhere
  assert.deepEqual(production(readDefinition(definition({ root }), { backend })), ['https://project'])
  assert.deepEqual(production(readDefinition(definition({ operation: levels.operationServers }), { backend })), ['https://project'])
  assert.deepEqual(production(readDefinition(definition({ root, path }), { backend })), ['https://path'])
  assert.deepEqual(production(readDefinition(definition({ operation }), { backend })), ['https://operation'])
})

test('WSO2’s endpoints, inline and by name', () => {
  const inline = "x-wso2-production-endpoints: { urls: ['https://a'] }\nx-wso2-sandbox-endpoints: { urls: ['https://b'], type: http }"
  const reading = readDefinition(definition({ root: inline }))
  assert.deepEqual([production(reading), sandbox(reading), reading.found], [['https://a'], ['https://b'], []])
  const named = "x-wso2-endpoints:\n  - one: { urls: ['https://one'] }\n  - two: { urls: ['https://two'] }"
  const byName = readDefinition(definition({ root: named, operation: "x-wso2-production-endpoints: '#/x-wso2-endpoints/two'" }))
  assert.deepEqual([production(byName), byName.found], [['https://two'], []])
  assert.equal(byName.operation('GET /pets').production?.at.pointer, '#/x-wso2-endpoints/1/two/urls/0')
})

test('a sandbox is never taken from servers', () => {
  const { root, path, operation } = everywhere
  assert.equal(sandbox(readDefinition(definition({ root, path, operation }))), null)
  const sandboxes = { root: 'x-postern: { sandboxBackend: https://root }', operation: 'x-postern: { sandboxBackend: https://operation }' }
  const sandboxBackend = plain(['https://project'])
  assert.deepEqual(sandbox(readDefinition(definition(sandboxes), { sandboxBackend })), ['https://operation'])
  assert.deepEqual(sandbox(readDefinition(definition({ root: sandboxes.root }), { sandboxBackend })), ['https://project'])
  assert.deepEqual(sandbox(readDefinition(definition({ root: sandboxes.root }))), ['https://root'])
})

test('a relative server is no backend', () => {
  for (const url of ['/v1', 'v1', '//a.example/v1']) {
    assert.equal(production(readDefinition(definition({ root: `servers: [{ url: '${url}' }]` }))), null, url)
  }
})

test('settings are collected where they are used, and only there', () => {
  const root = "x-postern: { backend: '${BACKEND:-https://a}' }"
  const used = readDefinition(definition({ root }))
  assert.deepEqual(production(used), [{ setting: 'BACKEND' }])
  assert.deepEqual(
    [...used.settings.settings.values()].map(({ name, default: standard, usedFor }) => [name, standard, usedFor]),
    [['BACKEND', 'https://a', ['backend of Sample']]],
  )
  const replaced = readDefinition(definition({ root }), { backend: plain(['https://project']) })
  assert.deepEqual([...replaced.settings.settings.keys()], [])
})

test('a setting in a server stands beside variables', () => {
  const root = "servers: [{ url: 'https://${HOST}/{base}', variables: { base: { default: v1 } } }]"
  assert.deepEqual(production(readDefinition(definition({ root }))), ['https://', { setting: 'HOST' }, '/v1'])
})

test('Swagger’s host, with https where it may choose', () => {
  const host = (schemes: string, own = ''): SettingText | null =>
    production(
      readDefinition(swagger(`host: a.example:8443\nbasePath: /v2\n${schemes}\npaths: { /pets: { get: { security: [], ${own} } } }\n`)),
    )
  assert.deepEqual(host(''), ['https://a.example:8443/v2'])
  assert.deepEqual(host('schemes: [http]'), ['http://a.example:8443/v2'])
  assert.deepEqual(host('schemes: [http, https]'), ['https://a.example:8443/v2'])
  assert.deepEqual(host('schemes: [http]', 'schemes: [https]'), ['https://a.example:8443/v2'])
  assert.equal(production(readDefinition(swagger('basePath: /v2\npaths: { /pets: { get: {} } }\n'))), null)
})
