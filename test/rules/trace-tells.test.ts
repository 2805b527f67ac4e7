import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, projectWith } from './check-project.ts'

function definition(more: string, method = 'trace'): string {
  return `components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
paths:
  /pets:
    ${method}: { x-postern: { ${more} }, responses: {} }
`
}

function api(more: string, method?: string): string {
  return String(apiWith(definition(more, method))['api.yaml'])
}

function traced(more: string, lines = '', method?: string): readonly string[] {
  return diagnose(projectWith(lines, { 'api.yaml': api(more, method) })).filter((line) => line.includes('trace-tells'))
}

const credential = 'backend: { url: http://127.0.0.1:9000, credential: { basic: { user: a, password: "${P}" } } }'
const told = 'backendToken: { key: "${KEY}" }\nconsumerFields: { X-User: subject }\n'

test('TRACE of a backend to which the gateway tells something', () => {
  const finding = 'api.yaml:6:5 error trace-tells #/paths/~1pets/trace'
  assert.deepEqual(traced(credential), [finding])
  assert.deepEqual(traced('forwardCredential: true'), [finding])
  assert.deepEqual(traced('consumerFields: false', told), [finding])
  assert.deepEqual(traced('backendToken: false', told), [finding])
})

test('TRACE that tells nothing, and other methods', () => {
  assert.deepEqual(traced('deprecated: false'), [])
  assert.deepEqual(traced('backendToken: false, consumerFields: false', told), [])
  assert.deepEqual(traced(credential, '', 'get'), [])
})

test('the message says what it is', () => {
  const [first] = findings(projectWith('', { 'api.yaml': api(credential) })).filter(({ code }) => code === 'trace-tells')
  assert.equal(first?.message, 'the answer to TRACE is the request as the backend got it, with the gateway’s credential')
})
