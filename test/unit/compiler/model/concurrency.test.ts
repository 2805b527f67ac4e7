import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose } from '../../../rules/check-project.ts'

function withBounds(text: string): readonly string[] {
  return diagnose(apiWith(`x-postern: { concurrency: ${text} }\npaths: { /pets: { get: { security: [] } } }\n`))
}

test('what bounds requests in flight', () => {
  for (const text of ['{ api: 1 }', '{ consumer: 5, production: 100, sandbox: 10, wait: 250ms }'])
    assert.deepEqual(withBounds(text), [], text)
})

test('what does not', () => {
  const at = '#/x-postern/concurrency'
  for (const [text, finding] of [
    ['{}', `api.yaml:3:27 error invalid-extension ${at}`],
    ['{ wait: 1s }', `api.yaml:3:27 error invalid-extension ${at}`],
    ['5', `api.yaml:3:27 error invalid-extension ${at}`],
    ['{ api: 0 }', `api.yaml:3:34 error invalid-extension ${at}/api`],
    ['{ api: 5, wait: 1m }', `api.yaml:3:43 error invalid-extension ${at}/wait`],
    ['{ apis: 5, api: 1 }', `api.yaml:3:29 error unknown-key ${at}/apis`],
  ] as const)
    assert.deepEqual(withBounds(text), [finding], text)
})
