import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutParameter } from '../../../../src/gateway/backend-credential/query-parameter.ts'

test('a parameter is found as backends may read it, and the rest stays as it is', () => {
  for (const [query, expected] of [
    ['api_key=x', ''],
    ['a=%2f&api_key=x&b=c%20d&&e', 'a=%2f&b=c%20d&&e'],
    ['api%5Fkey=x&API_KEY=y&api.key=z&api_key[]=1&+api_key=2&api+key=3', ''],
    ['a=1;api_key=x;b', 'a=1;b'],
    ['api_keys=1&b=api_key', 'api_keys=1&b=api_key'],
    ['%E9=1&api_key', '%E9=1'],
  ] as const)
    assert.equal(withoutParameter(query, 'api_key'), expected, query)
})
