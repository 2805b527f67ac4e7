import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openapi, type Reading, readDefinition } from './read-definition.ts'

function originsOf({ operation }: Reading, name: string): unknown {
  return operation(name).cors?.value.origins ?? null
}

test('the nearest level holds as a whole, and `off` leaves it to the backend', () => {
  const reading = readDefinition(
    openapi(`x-postern: { cors: { origins: https://root.example, credentials: true, maxAge: 1h } }
paths:
  /a:
    x-postern: { cors: { origins: [https://path.example] } }
    get: {}
    put: { x-postern: { cors: { origins: "*" } } }
    post: { x-postern: { cors: off } }
  /b: { get: {} }
  /c: { x-postern: { cors: off }, get: {}, put: { x-postern: { cors: { origins: "null" } } } }
`),
  )
  assert.deepEqual(reading.found, [])
  assert.deepEqual(
    ['GET /a', 'PUT /a', 'POST /a', 'GET /b', 'GET /c', 'PUT /c'].map((name) => originsOf(reading, name)),
    [['https://path.example'], 'any', null, ['https://root.example'], null, ['null']],
  )
  const { credentials, maxAge } = reading.operation('GET /a').cors?.value ?? {}
  assert.deepEqual([credentials, maxAge, reading.operation('GET /a').cors?.at.line], [false, null, 6])
})

test('an operation with an upgrade takes over none', () => {
  const { operation, found } = readDefinition(
    openapi('x-postern: { cors: { origins: "*" } }\npaths: { /a: { get: { x-postern: { upgrade: websocket } } } }\n'),
  )
  assert.deepEqual([found, operation('GET /a').cors], [[], null])
})

test('both forms say the same, in all of WSO2’s spellings', () => {
  const own = 'x-postern: { cors: { origins: [https://a.example], methods: [GET, PUT], headers: [A, B], expose: [C], credentials: true } }'
  const spellings = [
    ['accessControlAllowOrigins', 'accessControlAllowMethods', 'accessControlAllowHeaders', 'accessControlExposeHeaders'],
    ['access_control_allow_origins', 'access_control_allow_methods', 'access_control_allow_headers', 'access_control_expose_headers'],
    ['access-control-allow-origins', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-expose-headers'],
  ]
  const read = (line: string): unknown => {
    const { operation, found } = readDefinition(openapi(`${line}\npaths: { /a: { get: {} } }\n`))
    assert.deepEqual(found, [])
    return operation('GET /a').cors?.value
  }
  const expected = read(own)
  assert.deepEqual(expected, {
    origins: ['https://a.example'],
    methods: ['GET', 'PUT'],
    headers: ['a', 'b'],
    expose: ['C'],
    credentials: true,
    maxAge: null,
  })
  for (const [origins, methods, headers, expose] of spellings) {
    const lists = `${origins}: [https://a.example], ${methods}: [GET, PUT], ${headers}: [A, B], ${expose}: [C]`
    assert.deepEqual(read(`x-wso2-cors: { ${lists}, accessControlAllowCredentials: true, corsConfigurationEnabled: true }`), expected)
  }
  assert.equal(read('x-wso2-cors: { corsConfigurationEnabled: false, accessControlAllowOrigins: ["*"] }'), undefined)
})
