/** What is told of an image beside it: its bill of materials, and where it comes from. */
import type { KeyObject } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, hexOf } from '../compiler/digest.ts'
import { provenanceFile, statementText } from '../compiler/package/provenance.ts'
import { cycloneDx, sbomFile } from '../compiler/package/sbom.ts'
import type { Json } from '../compiler/plan/canonical.ts'
import { signatureFile } from '../contract/signature-file.ts'
import { posternVersion } from '../contract/version.ts'
import type { ImageRecord, PlatformRecord } from '../image/image-record.ts'
import { UsageError } from './failures.ts'
import { signStatement } from './signed-statement.ts'

/**
 * Writes sbom.cdx.json and provenance.json to the folder, and the signature where there is a key.
 * @param bundleSbom text of the bundle's own bill of materials
 */
export async function writeImageProof(folder: string, record: ImageRecord, bundleSbom: string, key: KeyObject | null): Promise<void> {
  const sbom = imageSbom(record, bundleSbom)
  const statement = imageStatement(record, sbom)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, sbomFile), sbom)
  await writeFile(join(folder, provenanceFile), statement)
  if (key !== null) await writeFile(join(folder, signatureFile), signStatement(statement, key))
}

/** CycloneDX 1.6: what is in the bundle, and every file that Postern has put into the image, or the base that it stands upon. */
function imageSbom(record: ImageRecord, bundleSbom: string): string {
  const components = [...componentsOf(bundleSbom), ...record.platforms.flatMap(platformComponents)]
  const own = { type: 'container', 'bom-ref': 'image', name: record.name, version: record.digest }
  return cycloneDx({
    tools: [{ type: 'application', name: 'postern', version: posternVersion }],
    component: own,
    components,
    dependencies: [{ ref: 'image', dependsOn: components.map((component) => component['bom-ref']) }],
  })
}

type Component = { readonly 'bom-ref': string; readonly [key: string]: Json }

function componentsOf(bundleSbom: string): readonly Component[] {
  // The bundle was held against SHA256SUMS before.
  const { metadata, components } = JSON.parse(bundleSbom) as {
    readonly metadata: { readonly component: Component }
    readonly components: readonly Component[]
  }
  return [metadata.component, ...components]
}

function platformComponents({ platform, node, base, files }: PlatformRecord): readonly Component[] {
  const version = node.version ?? String(node.major)
  const runtime = { type: 'platform', 'bom-ref': `node:${platform}`, name: 'node', version, purl: `pkg:generic/node@${version}` }
  const copied = files.filter(({ origin }) => origin.kind !== 'bundle')
  const listed = copied.map(({ path, digest }) => {
    return { type: 'file', 'bom-ref': `file:${platform}:${path}`, name: path, hashes: [{ alg: 'SHA-256', content: hexOf(digest) }] }
  })
  if (base.kind === 'host') return [runtime, ...listed]
  const hashes = [{ alg: 'SHA-256', content: hexOf(base.digest) }]
  return [
    runtime,
    { type: 'container', 'bom-ref': `base:${platform}`, name: base.name ?? 'base image', version: base.digest, hashes },
    ...listed,
  ]
}

function imageStatement(record: ImageRecord, sbom: string): string {
  const { gateway, platforms, name, digest } = record
  const bases = platforms.flatMap(({ platform, base }) =>
    base.kind === 'host' ? [] : [{ name: `base ${platform}`, digest: { sha256: hexOf(base.digest) } }],
  )
  const copied = platforms.flatMap(({ files }) => files.filter(({ origin }) => origin.kind === 'host'))
  return statementText(
    [
      { name, digest },
      { name: sbomFile, digest: digestOf(sbom) },
    ],
    {
      buildType: 'urn:postern:image:1',
      externalParameters: { project: gateway.name, version: gateway.version },
      resolvedDependencies: [
        { name: 'gateway.mjs', digest: { sha256: hexOf(gateway.digest) } },
        ...bases,
        ...copied.map(({ path, digest: each }) => ({ name: path, digest: { sha256: hexOf(each) } })),
      ],
    },
    { postern: posternVersion },
  )
}

/** Thrown where a bundle does not have what its image's proof is made of. */
export function withoutSbom(bundle: string): UsageError {
  return new UsageError(`${bundle} has no ${sbomFile}.`, 'Build it again with `postern build`.')
}
