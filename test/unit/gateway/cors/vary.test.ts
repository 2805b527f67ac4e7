import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withOrigin } from '../../../../src/gateway/cors/vary.ts'

test('the origin is named once, behind what the backend names', () => {
  const cases = [
    ['Accept', 'Accept, Origin'],
    ['Accept,Accept-Encoding', 'Accept, Accept-Encoding, Origin'],
    [' , Accept ,,', 'Accept, Origin'],
    ['', 'Origin'],
    ['origin', 'origin'],
    ['Accept, ORIGIN', 'Accept, ORIGIN'],
    ['X-Origin', 'X-Origin, Origin'],
    ['*', '*'],
    ['Accept, *', '*'],
  ] as const
  for (const [own, expected] of cases) assert.equal(withOrigin(own), expected)
})
