/** Decision records are numbered without a gap, have one form, and stand in the list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documents, readDocument } from './markdown.ts'

const records = documents.filter((name) => /^docs\/decisions\/\d{4}-/.test(name))

test('decision records are numbered from 1 without a gap', () => {
  assert.ok(records.length > 0)
  assert.deepEqual(
    records.map((name) => Number(name.slice('docs/decisions/'.length, 'docs/decisions/'.length + 4))),
    records.map((_, index) => index + 1),
  )
})

test('each record has its number, context, decision and consequences', () => {
  for (const [index, name] of records.entries()) {
    const headings = [...readDocument(name).matchAll(/^#+ (.*)$/gm)].map(([heading]) => heading)
    assert.match(headings[0] ?? '', new RegExp(`^# ${index + 1}\\. `), name)
    assert.deepEqual(headings.slice(1), ['## Context', '## Decision', '## Consequences'], name)
  }
})

test('the list has every record, with its title', () => {
  const listed = [...readDocument('docs/decisions/README.md').matchAll(/^\| \[(\d+)\]\((\S+)\) \| (.*) \|$/gm)]
  assert.deepEqual(
    listed.map(([, number, file, title]) => [`docs/decisions/${file}`, `${number}. ${title}`]),
    records.map((name) => [name, /^# (.*)$/m.exec(readDocument(name))?.[1]]),
  )
})
