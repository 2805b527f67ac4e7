/** What the documents of the published package link to is in the package. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { documents, prose, readDocument, root } from './markdown.ts'

const { files }: { readonly files: readonly string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** npm adds some files unasked. */
const packed = [...files, 'README.md', 'LICENSE', 'package.json']

function isPacked(path: string): boolean {
  return packed.some((name) => path === name || path.startsWith(`${name}/`))
}

test('no link of a packed document leads out of the package', () => {
  const shipped = documents.filter(isPacked)
  assert.ok(shipped.includes('README.md') && shipped.includes('docs/commands.md'))
  const links = shipped.flatMap((document) =>
    [...prose(readDocument(document)).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = '']) => join(dirname(document), target)),
  )
  assert.deepEqual(
    links.filter((path) => !isPacked(path)),
    [],
  )
})
