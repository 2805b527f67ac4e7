import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from '../../../rules/check-project.ts'

function withLimit(text: string): readonly string[] {
  return diagnose(apiWith(`x-postern: { hardLimit: ${text} }\npaths: { /pets: { get: { security: [] } } }\n`))
}

test('what a hard limit can be', () => {
  for (const text of [
    '{ production: { requests: 800, per: 1s } }',
    '{ sandbox: [{ requests: 800, per: 1s }, { requests: 10000, per: 1d, algorithm: fixed }] }',
  ])
    assert.deepEqual(withLimit(text), [], text)
})

test('what it cannot be', () => {
  for (const [text, finding] of [
    ['{}', 'api.yaml:3:25 error invalid-extension #/x-postern/hardLimit'],
    ['800', 'api.yaml:3:25 error invalid-extension #/x-postern/hardLimit'],
    ['{ backend: { requests: 1, per: 1s } }', 'api.yaml:3:27 error unknown-key #/x-postern/hardLimit/backend'],
    ['{ production: { requests: 1 } }', 'api.yaml:3:39 error invalid-extension #/x-postern/hardLimit/production'],
    [
      '{ production: { requests: 1, per: 1s, stopOnQuotaReach: false } }',
      'api.yaml:3:39 error invalid-extension #/x-postern/hardLimit/production',
    ],
    ['{ production: { bandwidth: 1MB, per: 1s } }', 'api.yaml:3:39 error invalid-extension #/x-postern/hardLimit/production'],
  ] as const)
    assert.deepEqual(withLimit(text), [finding], text)
})

test('it stands at the root alone', () => {
  const lines = 'paths: { /pets: { get: { security: [], x-postern: { hardLimit: { production: { requests: 1, per: 1s } } } } } }\n'
  assert.deepEqual(diagnose(apiWith(lines)), ['api.yaml:3:53 error invalid-extension #/paths/~1pets/get/x-postern/hardLimit'])
})
