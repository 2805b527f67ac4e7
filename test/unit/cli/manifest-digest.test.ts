import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifestProblem } from '../../../src/cli/manifest-digest.ts'
import { digestOf, hexOf } from '../../../src/compiler/digest.ts'

const unsigned = '{\n  "digest": "",\n  "name": "shop"\n}\n'
const gateway = Buffer.from(`const manifest = "${hexOf(digestOf(unsigned))}"`)
const digest = digestOf(gateway)
const signed = unsigned.replace('""', `"${digest}"`)

test('a gateway and the manifest that it was built with belong together', () => assert.equal(manifestProblem(gateway, signed), null))

test('the digest counts only where it belongs: elsewhere it would let other text stand', () => {
  assert.match(manifestProblem(gateway, unsigned.replace('shop', `shop${digest}`)) ?? '', /another gateway/)
})

test('another gateway, and another manifest, are found', () => {
  assert.match(manifestProblem(Buffer.from('// another'), signed) ?? '', /another gateway/)
  assert.match(manifestProblem(gateway, signed.replace('shop', 'shops')) ?? '', /another manifest/)
})
