import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

const throttling = (text: string): readonly string[] => diagnose(projectWith(`throttling: ${text}\n`))
const manager = (more: string): string =>
  `{ events: { url: "\${A}" }, data: { url: "https://a/b" }, decisions: { url: "amqps://broker/carbon" }${more} }`

test('a Traffic Manager', () => {
  assert.deepEqual(throttling(`{ store: trafficManager, trafficManager: ${manager('')} }`), [])
  assert.deepEqual(
    throttling(
      `{ store: trafficManager, whenAway: deny, replicas: 3, trafficManager: ${manager(', username: a, password: "${B}", tenant: shop.example')} }`,
    ),
    [],
  )
})

test('one that is not said, and one that is not asked for', () => {
  assert.deepEqual(throttling('{ store: trafficManager }'), ['postern.yaml:6:13 error invalid-project #/throttling'])
  assert.deepEqual(throttling(`{ trafficManager: ${manager('')} }`), [
    'postern.yaml:6:31 error invalid-project #/throttling/trafficManager',
  ])
  assert.deepEqual(throttling('{ store: trafficManager, trafficManager: {} }').length, 3)
})

test('what is the Redis’ alone, and unknown keys', () => {
  assert.deepEqual(throttling(`{ store: trafficManager, mode: strict, trafficManager: ${manager('')} }`), [
    'postern.yaml:6:44 error invalid-project #/throttling/mode',
  ])
  assert.deepEqual(throttling(`{ store: trafficManager, trafficManager: ${manager(', tenants: a')} }`).length, 1)
})

test('addresses that others could listen to, passwords, and tenants that are none', () => {
  for (const text of [
    '{ events: { url: "http://a/" }, data: { url: "https://a/" }, decisions: { url: "amqps://b" } }',
    '{ events: { url: "https://a/" }, data: { url: "https://a/" }, decisions: { url: "amqp://b" } }',
    '{ events: { url: "https://a/" }, data: { url: "https://a/" }, decisions: { url: "amqps://b", topic: "a.*" } }',
    manager(', tenant: "a b"'),
    manager(', username: a, password: secret'),
  ]) {
    const [first] = findings(projectWith(`throttling: { store: trafficManager, trafficManager: ${text} }\n`))
    assert.match(first?.code ?? '', /^(?:invalid-project|secret-in-file)$/, text)
  }
})
