/** docs/requests.md has every refusal and every field that is dropped, and no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusals } from '../../src/contract/refusals.ts'
import { requestFields } from '../../src/gateway/http1/request-fields.ts'
import { refusalWriter } from '../../src/gateway/refuse.ts'
import { codeSpan, codeSpans, fencedBlocks, readDocument, rowsOf } from './markdown.ts'

const document = readDocument('docs/requests.md')

test('docs/requests.md has every refusal with status and code, and no other', () => {
  const documented = rowsOf(document, 'Kind').map((row) => [codeSpan(row.Kind ?? ''), row.Status, row.Code, row.Closes])
  const known = Object.entries(refusals).map(([kind, { status, code, closes }]) => [
    kind,
    String(status),
    String(code),
    closes ? 'yes' : 'no',
  ])
  assert.deepEqual(documented, known)
})

test('the example of a refusal is one', () => {
  const [example] = fencedBlocks(document).filter(({ language }) => language === 'json')
  const { body } = refusalWriter(undefined)('scope-missing', undefined)
  assert.deepEqual(JSON.parse(example?.text ?? ''), JSON.parse(body))
})

test('docs/requests.md has every field that is dropped, and no other', () => {
  const { watched } = requestFields([])
  const documented = rowsOf(document, 'Dropped')
    .flatMap((row) => codeSpans(row.Dropped ?? ''))
    .filter((name) => name !== 'x-wso2-auth-header')
  for (const name of documented) {
    const bytes = Buffer.from(name, 'latin1')
    assert.equal(watched.find(bytes, 0, bytes.length)?.dropped, true, name)
  }
  // `Accept` is watched and not dropped.
  assert.equal(documented.length, watched.count - 1)
})
