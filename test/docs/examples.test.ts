/** Examples in documents are what they say: YAML and JSON that can be read, and projects that build. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { parse } from 'yaml'
import { makeCertificate } from '../certificate.ts'
import { findings, type ProjectFiles } from '../rules/check-project.ts'
import { documents, fencedBlocks, readDocument } from './markdown.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
/** Whatever an example may name as its issuer's keys. */
const keys: ProjectFiles = {
  'keys/idp.jwks.json': JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'example' }] }),
  'keys/clients-ca.pem': makeCertificate({
    subject: 'Clients',
    authority: true,
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2036-01-01'),
  }),
  'keys/idp.pem': publicKey.export({ type: 'spki', format: 'pem' }),
}

/** Blocks with `project=… file=…` make up a project. */
function projectsOf(document: string): ReadonlyMap<string, Record<string, string>> {
  const projects = new Map<string, Record<string, string>>()
  for (const { attributes, text } of fencedBlocks(readDocument(document))) {
    const project = attributes.get('project')
    if (project === undefined) continue
    const file = attributes.get('file')
    assert.ok(file !== undefined, `a block of ${project} names no file`)
    projects.set(project, { ...projects.get(project), [file]: text })
  }
  return projects
}

// The examples of docs/diagnostics.md are wrong on purpose.
for (const document of documents.filter((name) => name !== 'docs/diagnostics.md')) {
  test(`YAML and JSON in ${document} can be read`, () => {
    for (const { language, text } of fencedBlocks(readDocument(document))) {
      if (language === 'yaml') assert.doesNotThrow(() => parse(text), text)
      if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), text)
    }
  })

  for (const [name, files] of projectsOf(document)) {
    test(`the project ${name} of ${document} has no findings`, () => {
      const found = findings({ ...keys, ...files }).map(({ at, code, message }) => `${at.file}:${at.line} ${code} ${message}`)
      assert.deepEqual(found, [])
    })
  }
}
