/**
 * Where a bundle comes from, as an in-toto Statement v1 with SLSA Provenance v1: its files, what they were made from, and what made
 * them. Without time, place and user, so that whoever builds again gets the same statement; who vouches for it signs it.
 */
import type { Manifest } from '../../contract/manifest.ts'
import type { BundledPackage } from '../bundle/make-gateway.ts'
import { digestOf, hexOf } from '../digest.ts'
import type { Json } from '../plan/canonical.ts'
import { packageUrl } from './sbom.ts'

/** What a statement is called where it is signed (in-toto attestation framework, envelope). */
export const statementType = 'application/vnd.in-toto+json'

export const provenanceFile = 'provenance.json'

/** `files`: all that the statement vouches for, by name. */
export function provenanceText(manifest: Manifest, packages: readonly BundledPackage[], files: Readonly<Record<string, string>>): string {
  return statementText(
    Object.entries(files)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => ({ name, digest: digestOf(content) })),
    {
      buildType: 'urn:postern:build:1',
      externalParameters: { project: manifest.name, version: manifest.version },
      resolvedDependencies: [
        ...manifest.inputs.map(({ file, digest }) => ({ name: file, digest: { sha256: hexOf(digest) } })),
        ...packages.map(({ name, version }) => ({ uri: packageUrl(name, version) })),
      ],
    },
    { postern: manifest.compiler.postern, esbuild: manifest.compiler.esbuild },
  )
}

/** SLSA's BuildDefinition, as far as it is known here. */
export type BuildDefinition = {
  readonly buildType: string
  readonly externalParameters: Json
  readonly resolvedDependencies: readonly Json[]
}

/** @param versions of what has built it, by name. */
export function statementText(
  subjects: readonly { readonly name: string; readonly digest: string }[],
  buildDefinition: BuildDefinition,
  versions: Readonly<Record<string, string>>,
): string {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(({ name, digest }) => ({ name, digest: { sha256: hexOf(digest) } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { buildDefinition, runDetails: { builder: { id: 'urn:postern:cli', version: versions } } },
  }
  return `${JSON.stringify(statement, null, 2)}\n`
}
