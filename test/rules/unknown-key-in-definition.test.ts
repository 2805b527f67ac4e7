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

test('unknown keys of WSO2’s objects', () => {
  assert.deepEqual(hints("x-wso2-production-endpoints: { urls: ['https://b.example'], typ: http }"), [
    ['3:61', 'unknown-key', 'Did you mean `type`?'],
  ])
  assert.deepEqual(hints('x-wso2-application-security: { security-types: [oauth2], optionl: true }'), [
    ['3:58', 'unknown-key', 'Did you mean `optional`?'],
  ])
})
