import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseDuration } from '../../../src/compiler/model/duration.ts'
import { httpLimitBounds } from '../../../src/compiler/model/http-limits.ts'
import {
  apiKeys,
  certificateHolderKeys,
  claimKeys,
  clientCertificateKeys,
  egressKeys,
  introspectionCacheKeys,
  introspectionKeys,
  issuerKeys,
  kubernetesKeys,
  listenKeys,
  monitoringKeys,
  passThroughKeys,
  projectKeys,
  replicasKeys,
  resourcesKeys,
  routeKeys,
  throttlingKeys,
  waiverKeys,
} from '../../../src/compiler/model/project-keys.ts'
import { formatSize, parseSize } from '../../../src/compiler/model/size.ts'
import { timeoutBounds } from '../../../src/compiler/model/timeouts.ts'
import { jwtAlgorithms } from '../../../src/contract/key-rules.ts'

type Schema = {
  readonly $ref?: string
  readonly additionalProperties?: boolean
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
}

const schema: Schema & { readonly $defs: Readonly<Record<string, Schema>> } = JSON.parse(
  readFileSync(new URL('../../../schemas/postern.schema.json', import.meta.url), 'utf8'),
)

function definition(name: string): Schema {
  const found = schema.$defs[name]
  assert.ok(found, name)
  return found
}

const later = '#/$defs/later'

test('the schema knows the same keys as the compiler, and refuses those that it refuses', () => {
  const tables = [
    [schema, projectKeys],
    [definition('api'), apiKeys],
    [definition('issuer'), issuerKeys],
    [definition('claims'), claimKeys],
    [definition('introspection'), introspectionKeys],
    [definition('passThrough'), passThroughKeys],
    [definition('introspectionCache'), introspectionCacheKeys],
    [definition('throttling'), throttlingKeys],
    [definition('listen'), listenKeys],
    [definition('waiver'), waiverKeys],
    [definition('clientCertificates'), clientCertificateKeys],
    [definition('certificateHolder'), certificateHolderKeys],
    [definition('kubernetes'), kubernetesKeys],
    [definition('egress'), egressKeys],
    [definition('replicas'), replicasKeys],
    [definition('resources'), resourcesKeys],
    [definition('route'), routeKeys],
    [definition('monitoring'), monitoringKeys],
  ] as const
  for (const [object, table] of tables) {
    assert.equal(object.additionalProperties, false)
    const known = Object.entries(object.properties ?? {}).map(([key, value]) => [key, value.$ref === later ? 'later' : 'now'])
    assert.deepEqual(Object.fromEntries(known), table)
  }
})

test('the schema has the compiler’s limits, with their bounds and defaults', () => {
  const { properties = {}, additionalProperties } = definition('limits')
  assert.equal(additionalProperties, false)
  assert.deepEqual(Object.keys(properties), Object.keys(httpLimitBounds))
  for (const [name, bound] of Object.entries(httpLimitBounds)) {
    const property = properties[name]
    if (bound.kind === 'size') {
      assert.equal(property?.$ref, '#/$defs/size')
      assert.equal(property?.default, formatSize(bound.default), name)
    } else {
      assert.deepEqual([property?.minimum, property?.maximum, property?.default], [bound.least, bound.most, bound.default], name)
    }
  }
})

test('the schema has the compiler’s timeouts, with their defaults', () => {
  const { properties = {}, additionalProperties } = definition('timeouts')
  assert.equal(additionalProperties, false)
  assert.deepEqual(Object.keys(properties), Object.keys(timeoutBounds))
  for (const [name, bound] of Object.entries(timeoutBounds)) {
    const standard = properties[name]?.default
    assert.equal(standard === 'off' && bound.mayBeOff ? 0 : parseDuration(String(standard)), bound.default, name)
  }
})

test('the schema permits the compiler’s algorithms', () => {
  assert.deepEqual(definition('issuer').properties?.algorithms?.items?.enum, jwtAlgorithms)
})

test('the schema takes the same durations and sizes as the compiler', () => {
  const duration = new RegExp(definition('duration').pattern ?? '')
  const size = new RegExp(definition('size').pattern ?? '')
  for (const text of ['5s', '250ms', '1m', '1h', '1d', '5', '5S', '1.5s', '-1s', '', '1w']) {
    assert.equal(duration.test(text), parseDuration(text) !== null, text)
  }
  for (const text of ['1B', '1kB', '1KB', '1MB', '1GB', '16KiB', '1MiB', '1GiB', '1', '1kib', '1TB', '']) {
    assert.equal(size.test(text), parseSize(text) !== null, text)
  }
})
