import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, findings } from './check-project.ts'

const hints = (line: string): readonly unknown[] =>
  findings(apiWith(`${line}\npaths: { /pets: { get: { security: [] } } }\n`))
    .filter(({ code }) => code !== 'unenforceable-security')
    .map(({ at, code, hint }) => [`${at.line}:${at.column}`, code, hint])

test('unknown keys of x-postern, with the nearest known one', () => {
  assert.deepEqual(hints('x-postern: { throtle: Gold }'), [['3:14', 'unknown-key', 'Did you mean `throttle`?']])
  assert.deepEqual(hints('x-postern: { throttle: { tier: Unlimited, per: api } }'), [['3:43', 'unknown-key', 'Known here: tier, by.']])
})

test('unknown extensions that look like ours', () => {
  assert.deepEqual(hints('x-wso2-basepath: /a'), [['3:1', 'unknown-key', 'Did you mean `x-wso2-basePath`?']])
  assert.deepEqual(hints('x-postren: { throttle: Gold }'), [['3:1', 'unknown-key', 'Did you mean `x-postern`?']])
  assert.deepEqual(hints('x-wos2-cors: {}'), [['3:1', 'unknown-key', 'Did you mean `x-wso2-cors`?']])
  assert.deepEqual(
    hints('x-postern-throttle: Gold').map((each) => String(each).slice(0, 16)),
    ['3:1,unknown-key,'],
  )
})

test('extensions that are nearly one that is known', () => {
  const at = (level: string, line: string): readonly unknown[] => {
    const [root, path, operation] = ['root', 'path', 'operation'].map((each) => (each === level ? `${line}, ` : ''))
    return findings(apiWith(`${root}\npaths: { /pets: { ${path}get: { ${operation}security: [] } } }\n`)).map(({ code, hint }) => [
      code,
      hint,
    ])
  }
  const slips: readonly (readonly [string, string])[] = [
    ['x-throtling-tier', 'x-throttling-tier'],
    ['x-throttling-tiers', 'x-throttling-tier'],
    ['X-Throttling-Tier', 'x-throttling-tier'],
    ['x-throttlingTier', 'x-throttling-tier'],
    ['x-scopes', 'x-scope'],
    ['X-Scope', 'x-scope'],
    ['X-Postern', 'x-postern'],
    ['xpostern', 'x-postern'],
    ['x_postern', 'x-postern'],
    ['X-Auth-Type', 'x-auth-type'],
  ]
  for (const [slip, meant] of slips) {
    for (const level of ['path', 'operation']) {
      assert.deepEqual(at(level, `${slip}: Gold`), [['unknown-key', `Did you mean \`${meant}\`?`]], `${slip} at ${level}`)
    }
  }
  assert.deepEqual(at('operation', 'x-score: 1'), [])
})

test('unknown keys of WSO2’s objects', () => {
  assert.deepEqual(hints("x-wso2-production-endpoints: { urls: ['https://b.example'], typ: http }"), [
    ['3:61', 'unknown-key', 'Did you mean `type`?'],
  ])
  assert.deepEqual(hints('x-wso2-application-security: { security-types: [oauth2], optionl: true }'), [
    ['3:58', 'unknown-key', 'Did you mean `optional`?'],
  ])
})
