import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Waiving } from '../../../../src/compiler/check/waiving.ts'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import type { Waiver } from '../../../../src/compiler/model/types/waiver.ts'
import type { Location } from '../../../../src/compiler/source/location.ts'

const now = new Date('2026-06-15T23:59:59Z')

function at(file: string, pointer: string): Location {
  return { file, line: 1, column: 1, pointer }
}

function waiver(pointer: string, changes: Partial<Waiver> = {}): Waiver {
  return { rule: 'path-with-fragment', pointer, reason: 'legacy', until: '2026-12-31', at: at('postern.yaml', '#/waivers/0'), ...changes }
}

/** What is left of one finding, and what the waiver itself is accused of. */
function apply(it: Waiver, finding: Location): readonly string[] {
  const diagnostics = new Diagnostics()
  diagnostics.report('path-with-fragment', finding, 'finding')
  const waiving = new Waiving([it], diagnostics, now)
  waiving.apply()
  waiving.reportExpired()
  waiving.reportUseless()
  return diagnostics.sorted.map(({ code }) => code)
}

test('a waiver covers findings of its rule at its place and below', () => {
  for (const pointer of ['#/paths/~1%23Action', '#/paths/~1#Action', 'api.yaml#/paths/~1%23Action', '#/paths', '#', 'api.yaml#']) {
    assert.deepEqual(apply(waiver(pointer), at('api.yaml', '#/paths/~1%23Action')), [], pointer)
  }
  assert.deepEqual(apply(waiver('#/paths'), at('api.yaml', '#/paths/~1a/get')), [])
})

test('a waiver for another place, file or rule is useless', () => {
  const useless = ['path-with-fragment', 'waiver-useless']
  for (const pointer of ['#/paths/~1a/get', '#/path', 'other.yaml#/paths/~1a']) {
    assert.deepEqual(apply(waiver(pointer), at('api.yaml', '#/paths/~1a')), useless, pointer)
  }
  assert.deepEqual(apply(waiver('#/paths/~1a', { rule: 'path-with-query' }), at('api.yaml', '#/paths/~1a')), useless)
})

test('a waiver holds to the end of its last day (UTC), and covers nothing after it', () => {
  assert.deepEqual(apply(waiver('#/paths', { until: '2026-06-15' }), at('api.yaml', '#/paths/~1a')), [])
  const expired = apply(waiver('#/paths', { until: '2026-06-14' }), at('api.yaml', '#/paths/~1a'))
  assert.deepEqual(expired, ['path-with-fragment', 'waiver-expired'])
})

test('of two waivers that cover the same finding neither is useless', () => {
  const diagnostics = new Diagnostics()
  diagnostics.report('path-with-fragment', at('api.yaml', '#/paths/~1a'), 'finding')
  const waiving = new Waiving([waiver('#/paths'), waiver('#/paths/~1a')], diagnostics, now)
  waiving.apply()
  waiving.reportUseless()
  assert.deepEqual(diagnostics.sorted, [])
})
