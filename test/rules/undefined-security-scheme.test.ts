import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings } from './check-project.ts'

test('a security scheme that is declared nowhere', () => {
  const files = apiWith('paths:\n  /pets:\n    get:\n      security:\n        - oauth: []\n')
  assert.deepEqual(diagnose(files), ['api.yaml:7:11 error undefined-security-scheme #/paths/~1pets/get/security/0/oauth'])
  assert.equal(findings(files)[0]?.message, 'the security scheme `oauth` is declared nowhere')
})

test('what the root names is reported once, for whatever many operations', () => {
  const files = apiWith('security:\n  - oauth: []\npaths:\n  /a: { get: {}, put: {} }\n  /b: { get: {} }\n')
  assert.deepEqual(diagnose(files), ['api.yaml:4:5 error undefined-security-scheme #/security/0/oauth'])
})

test('a name of the prototype is no scheme', () => {
  const files = apiWith('paths: { /pets: { get: { security: [{ constructor: [] }] } } }\n')
  assert.deepEqual(diagnose(files), ['api.yaml:3:39 error undefined-security-scheme #/paths/~1pets/get/security/0/constructor'])
})

test('what the root names, where every operation has its own', () => {
  const files = apiWith('security:\n  - oauth: []\npaths:\n  /a: { get: { security: [] } }\n')
  assert.deepEqual(diagnose(files), ['api.yaml:4:5 error undefined-security-scheme #/security/0/oauth'])
})
