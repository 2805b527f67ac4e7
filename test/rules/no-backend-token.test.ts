import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, projectWith } from './check-project.ts'

const definition = `x-postern: { backendToken: true }
paths:
  /pets:
    get: { security: [], x-postern: { consumerFields: true } }
    put: { security: [], x-postern: { backendToken: false, consumerFields: false, forwardCredential: true } }
`

test('telling the backend what the project does not say how to tell', () => {
  const files = apiWith(definition)
  assert.deepEqual(diagnose(files), [
    'api.yaml:3:28 error no-backend-token #/x-postern/backendToken',
    'api.yaml:6:55 error no-backend-token #/paths/~1pets/get/x-postern/consumerFields',
  ])
  assert.equal(findings(files)[0]?.message, 'postern.yaml has no `backendToken`')
})

test('a module that would make a token that nobody asks for', () => {
  const files = projectWith('extensions: { generateConsumerToken: extensions/a.ts }\n', {
    'extensions/a.ts': 'export const generateConsumerToken = () => null\n',
  })
  assert.deepEqual(diagnose(files), ['postern.yaml:6:38 error no-backend-token #/extensions/generateConsumerToken'])
})

test('a project that says it', () => {
  const { 'api.yaml': api } = apiWith(definition) as { readonly 'api.yaml': string }
  const lines = 'backendToken: { key: "${KEY}" }\nconsumerFields: { X-User: subject }\n'
  assert.deepEqual(diagnose(projectWith(lines, { 'api.yaml': api })), [])
})
