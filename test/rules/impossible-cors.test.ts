import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from './check-project.ts'

const root = (line: string): readonly string[] =>
  diagnose(apiWith(`${line}\npaths: { /pets: { get: { security: [] }, post: { security: [] } } }\n`))
const operation = (line: string): readonly string[] => diagnose(apiWith(`paths:\n  /pets:\n    get:\n      security: []\n      ${line}\n`))

test('credentials with what stands for anything', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{ origins: "*", credentials: true }', '31 error impossible-cors #/origins'],
    ['{ origins: ["null"], credentials: true }', '31 error impossible-cors #/origins'],
    ['{ origins: "https://a.example", headers: "*", credentials: true }', '61 error impossible-cors #/headers'],
    ['{ origins: "https://a.example", expose: ["*"], credentials: true }', '60 error impossible-cors #/expose'],
  ]
  for (const [value, expected] of cases) {
    const [place, pointer] = expected.split('#')
    assert.deepEqual(root(`x-postern: { cors: ${value} }`), [`api.yaml:3:${place}#/x-postern/cors${pointer}`], value)
  }
  assert.deepEqual(root('x-wso2-cors: { accessControlAllowOrigins: ["*"], accessControlAllowCredentials: true }'), [
    'api.yaml:3:43 error impossible-cors #/x-wso2-cors/accessControlAllowOrigins',
  ])
})

test('every origin, and others beside it', () => {
  assert.deepEqual(root('x-postern: { cors: { origins: ["*", "https://a.example"] } }'), [
    'api.yaml:3:31 error impossible-cors #/x-postern/cors/origins',
  ])
})

test('an operation whose own method is left out, or that leaves HTTP', () => {
  const own = 'api.yaml:7:26 error impossible-cors #/paths/~1pets/get/x-postern/cors'
  assert.deepEqual(operation('x-postern: { cors: { origins: "*", methods: [POST] } }'), [own])
  assert.deepEqual(operation('x-postern: { cors: { origins: "*" }, upgrade: websocket }'), [own])
  assert.deepEqual(root('x-postern: { cors: { origins: "*", methods: [POST] } }'), [])
})

test('what browsers do', () => {
  for (const value of [
    'off',
    '{ origins: "*" }',
    '{ origins: "null" }',
    '{ origins: "*", headers: "*", expose: "*", methods: "*", maxAge: 1d }',
    '{ origins: [https://a.example, "http://localhost:8080", "http://[::1]:3000", "capacitor://localhost"], credentials: true, maxAge: off }',
  ]) {
    assert.deepEqual(root(`x-postern: { cors: ${value} }`), [], value)
  }
})
