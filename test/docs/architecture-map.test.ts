/** ARCHITECTURE.md names every folder of src/ and of test/, and every file of the contract: nothing new stays without its place. */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { codeSpans, prose, readDocument, root } from './markdown.ts'

test('ARCHITECTURE.md names every room, every folder in it, and every folder of tests', () => {
  const named = new Set(codeSpans(prose(readDocument('ARCHITECTURE.md'))).map((span) => span.replace(/\/$/, '')))
  const folders = globSync(['src/**', 'test/*'], { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.parentPath.slice(root.length + 1)}/${entry.name}`.replace(/^\//, ''))
    .filter((folder) => folder !== 'src')
  assert.ok(folders.length > 20)
  assert.deepEqual(
    folders.filter((folder) => !named.has(folder)),
    [],
  )
})

test('ARCHITECTURE.md names every file of the contract', () => {
  const named = new Set(codeSpans(prose(readDocument('ARCHITECTURE.md'))))
  const files = globSync('src/contract/*.ts', { cwd: root })
  assert.ok(files.length > 5)
  assert.deepEqual(
    files.filter((file) => !named.has(file)),
    [],
  )
})
