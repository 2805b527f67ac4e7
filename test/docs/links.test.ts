/** Every link of a document leads to a file, and to a heading, that exists; every path of this repository that it names is there. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { codeSpans, documents, prose, readDocument, root } from './markdown.ts'

/** As the common hosts make an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}

function anchorsOf(document: string): readonly string[] {
  return [...prose(readDocument(document)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))
}

for (const document of documents) {
  test(`links of ${document}`, () => {
    for (const [, target = ''] of prose(readDocument(document)).matchAll(/\]\(([^)\s]+)\)/g)) {
      assert.doesNotMatch(target, /^[a-z]+:/, 'documents name what is in the repository')
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      assert.ok(existsSync(join(root, file)), target)
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), `${target} names no heading`)
    }
  })

  test(`paths that ${document} names`, () => {
    const paths = codeSpans(prose(readDocument(document))).filter((span) =>
      /^(?:bin|docs|samples|schemas|scripts|src|templates|test)\/\S*$/.test(span),
    )
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(root, path))),
      [],
    )
  })
}
