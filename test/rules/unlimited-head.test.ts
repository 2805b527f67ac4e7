import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, projectWith } from './check-project.ts'

const policies = 'tiers: { Gold: { requests: 10, per: 1m } }\n'

function found(get: string, head: string, root = '', more: Readonly<Record<string, string>> = {}): readonly string[] {
  const definition = `${root}paths:
  /pets:
    get: { ${get}security: [], responses: {} }
    head: { ${head}security: [], responses: {} }
`
  const files = { 'policies.yaml': policies, 'api.yaml': String(apiWith(definition)['api.yaml']), ...more }
  return diagnose(projectWith('', files)).filter((line) => line.includes('unlimited-head'))
}

const gold = 'x-postern: { throttle: Gold }, '

test('HEAD of a path whose GET has a tier', () => {
  assert.deepEqual(found(gold, ''), ['api.yaml:6:5 warning unlimited-head #/paths/~1pets/head'])
  assert.equal(found(gold, 'x-postern: { throttle: Unlimited }, ').length, 1)
})

test('nothing is said where it has one too, or the API, or GET has none', () => {
  assert.deepEqual(found(gold, gold), [])
  assert.deepEqual(found(gold, '', 'x-postern: { throttle: Gold }\n'), [])
  assert.deepEqual(found('', ''), [])
  assert.deepEqual(found('x-postern: { throttle: Unlimited }, ', ''), [])
})
