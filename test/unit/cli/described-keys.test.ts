import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeChangeOver, describeValidity } from '../../../src/cli/described-keys.ts'
import type { ManifestIssuer } from '../../../src/contract/manifest/issuer.ts'

type Key = ManifestIssuer['keys'][number]

function key(kid: string | null, begins: string | null, expires: string | null): Key {
  return { kid, type: 'RSA 2048', algorithms: ['RS256'], thumbprint: `print-${begins}`, begins, expires }
}

const old = key('old', '2026-01-01', '2026-07-01')

test('a key is valid for as long as its certificate says', () => {
  assert.equal(describeValidity(old), 'valid from 2026-01-01, expires 2026-07-01')
  assert.equal(describeValidity(key('a', null, null)), 'no expiry')
})

test('keys that follow each other overlap, or leave a gap', () => {
  assert.deepEqual(describeChangeOver([key('new', '2026-06-20', '2027-01-01'), old]), [
    'old and new: both valid from 2026-06-20 to 2026-07-01',
  ])
  assert.deepEqual(describeChangeOver([old, key(null, '2026-07-03', '2027-01-01')]), [
    'old and print-2026-07-03: none valid from 2026-07-01 to 2026-07-03',
  ])
  assert.deepEqual(describeChangeOver([old, key('forever', null, null)]), [])
})
