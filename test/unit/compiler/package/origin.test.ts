/** What a bundle says of its origin: bill of materials and provenance. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { before, test } from 'node:test'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { compile } from '../../../../src/compiler/compile.ts'
import { digestOf } from '../../../../src/compiler/digest.ts'
import type { BundleFiles } from '../../../../src/compiler/package/write-bundle.ts'

const project = resolve(import.meta.dirname, '../../../golden/token-and-limits')
let files: BundleFiles

before(async () => {
  const result = await compile({ projectFolder: project, now: new Date(0) })
  assert.ok(result.kind === 'compiled')
  files = result.files
})

const sha256 = (content: string | Buffer): string => digestOf(content).slice('sha256:'.length)

test('the bill of materials is valid CycloneDX 1.6, down to names that the format does not know', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  assert.equal(await validator.validate(files['sbom.cdx.json']), null)
})

test('it names the packages that are in the gateway, with versions and licences, and no others', () => {
  const { components } = JSON.parse(files['sbom.cdx.json'])
  const libraries = components.filter(({ type }: { type: string }) => type === 'library')
  const jose = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../../node_modules/jose/package.json'), 'utf8'))
  assert.deepEqual(
    libraries.map(({ purl }: { purl: string }) => purl).filter((purl: string) => !purl.startsWith('pkg:npm/postern@')),
    files['gateway.mjs'].includes('package:jose/') ? [`pkg:npm/jose@${jose.version}`] : [],
  )
})

test('it names every document that was read, with its digest, and the gateway with its own', () => {
  const { components, metadata } = JSON.parse(files['sbom.cdx.json'])
  const documents = components.filter(({ type }: { type: string }) => type === 'file')
  assert.ok(documents.some(({ name }: { name: string }) => name === 'postern.yaml'))
  for (const { name, hashes } of documents) assert.equal(hashes[0].content, sha256(readFileSync(join(project, name))))
  assert.equal(metadata.component.hashes[0].content, sha256(files['gateway.mjs']))
})

test('the provenance vouches for every other file of the bundle but SHA256SUMS, which names it', () => {
  const statement = JSON.parse(files['provenance.json'])
  const { 'provenance.json': _, SHA256SUMS: __, ...others } = files
  assert.equal(statement._type, 'https://in-toto.io/Statement/v1')
  assert.equal(statement.predicateType, 'https://slsa.dev/provenance/v1')
  const told = statement.subject.map(({ name, digest }: { name: string; digest: { sha256: string } }) => [name, digest.sha256])
  assert.deepEqual(
    told,
    Object.entries(others)
      .toSorted()
      .map(([name, content]) => [name, sha256(content)]),
  )
})
