/** docs/tokens.md has every algorithm and every reason for which a token is refused, and no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtAlgorithms } from '../../src/contract/key-rules.ts'
import { refusals } from '../../src/contract/refusals.ts'
import { authRefusals, scopeRefusal } from '../../src/gateway/auth/auth-refusals.ts'
import { proofRefusals } from '../../src/gateway/dpop/proof-refusals.ts'
import { codeSpan, codeSpans, readDocument, rowsOf } from './markdown.ts'

const document = readDocument('docs/tokens.md')

test('docs/tokens.md has every algorithm, and no other', () => {
  const documented = rowsOf(document, 'Key').flatMap((row) => codeSpans(row.Algorithms ?? ''))
  assert.deepEqual(documented.toSorted(), jwtAlgorithms.toSorted())
})

test('docs/tokens.md has every reason with its status, and no other', () => {
  const documented = rowsOf(document, 'Reason').map((row) => [codeSpan(row.Reason ?? ''), row.Status])
  const known = [...Object.values(authRefusals('shop')), scopeRefusal('shop', ['read']), ...Object.values(proofRefusals('shop'))]
  assert.deepEqual(
    documented,
    known.map(({ reason, kind }) => [reason, String(refusals[kind].status)]),
  )
})
