/** docs/review.md has every class of differences, and every form of the certificate. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differenceClasses } from '../../src/cli/diff/difference.ts'
import { codeSpan, readDocument, rowsOf } from './markdown.ts'

const document = readDocument('docs/review.md')

test('docs/review.md has every class of differences, and no other', () => {
  const documented = rowsOf(document, 'Class').map((row) => codeSpan(row.Class ?? ''))
  assert.deepEqual(documented, differenceClasses)
})

test('docs/review.md has every form of the certificate', () => {
  const documented = rowsOf(document, 'Format').map((row) => codeSpan(row.Format ?? ''))
  assert.deepEqual(documented, ['html', 'markdown', 'json'])
})
