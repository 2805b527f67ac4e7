/**
 * The policy certificate of the sample, as a reviewer gets it. `UPDATE_GOLDEN=1 node --test test/golden/certificate.test.ts` writes what is made
 * now; the difference is then for a person to read.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { certificateDocument, certificateTitle } from '../../src/cli/certificate/report.ts'
import { documentAsHtml } from '../../src/cli/formats/document-html.ts'
import { documentAsMarkdown } from '../../src/cli/formats/document-markdown.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { Manifest } from '../../src/contract/manifest.ts'

let manifest: Manifest

before(async () => {
  const projectFolder = join(import.meta.dirname, '../../samples/petstore')
  const result = await compile({ projectFolder, now: new Date('2026-01-01T00:00:00Z') })
  assert.ok(result.kind === 'compiled')
  // The gateway's digest changes with every line of the gateway, and says nothing about this project.
  manifest = { ...result.manifest, digest: `sha256:${'0'.repeat(64)}` }
})

test('golden: the certificate of the sample as Markdown', () => holds('petstore-certificate.md', documentAsMarkdown(certificateDocument(manifest))))

test('golden: the certificate of the sample as HTML', () =>
  holds('petstore-certificate.html', documentAsHtml(certificateTitle(manifest), certificateDocument(manifest))))

function holds(name: string, made: string): void {
  const file = join(import.meta.dirname, name)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, made)
  assert.equal(made, readFileSync(file, 'utf8'))
}
