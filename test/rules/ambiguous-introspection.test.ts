import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

const issuers = `issuers:
  - { issuer: https://a.example, audiences: any, introspection: { url: https://a.example/i, clientId: g, clientSecret: "\${A}" } }
  - { issuer: https://b.example, audiences: any, introspection: { url: https://b.example/i, clientId: g, clientSecret: "\${B}" } }
`

const api = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /any: { get: { operationId: any } }
  /both: { get: { operationId: both, x-postern: { issuers: [https://a.example, https://b.example] } } }
  /one: { get: { operationId: one, x-postern: { issuers: [https://b.example] } } }
  /none: { get: { operationId: none, security: [] } }
`

test('opaque tokens of two issuers on one operation, named or not', () => {
  assert.deepEqual(diagnose(projectWith(issuers, { 'api.yaml': api })), [
    'api.yaml:6:11 error ambiguous-introspection #/paths/~1any/get',
    'api.yaml:7:60 error ambiguous-introspection #/paths/~1both/get/x-postern/issuers',
  ])
})
