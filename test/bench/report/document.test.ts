import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderDocument, replaceSection } from './document.ts'

const tableOf = (title: string, cell: string) => ({ title, columns: ['a'], rows: [[cell]], notes: [] })
const titles = ['One', 'Two']
const headings = (text: string) => text.split('\n').filter((line) => line.startsWith('#'))

test('a run replaces its own sections and keeps the others that are made by runs', () => {
  const first = renderDocument({ circumstances: [], skipped: [], tables: [tableOf('One', 'old'), tableOf('Two', 'kept')] }, '', titles)
  const second = renderDocument({ circumstances: [], skipped: [], tables: [tableOf('One', 'new')] }, `${first}\n## By hand\n`, titles)
  assert.deepEqual(headings(second), ['# Benchmarks', '## One', '## Two'])
  assert.match(second, /new[\s\S]*kept/)
  assert.doesNotMatch(second, /old/)
})

test('a section is put in the place of the one with its title, or at the end', () => {
  const document = renderDocument({ circumstances: [], skipped: [], tables: [tableOf('One', 'old'), tableOf('Two', 'kept')] }, '', titles)
  const replaced = replaceSection(document, tableOf('One', 'new'))
  assert.deepEqual(headings(replaced), ['# Benchmarks', '## One', '## Two'])
  assert.doesNotMatch(replaced, /old/)
  assert.deepEqual(headings(replaceSection(replaced, tableOf('Soak', 'flat'))), ['# Benchmarks', '## One', '## Two', '## Soak'])
})
