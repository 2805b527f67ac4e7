/**
 * The bill of materials of a bundle, as CycloneDX 1.6 JSON (ECMA-424): the npm packages whose code is in the gateway, and the documents
 * that it was made from. It has no time and no random serial number, so that equal bundles have equal ones.
 */
import type { Manifest } from '../../contract/manifest.ts'
import { posternVersion } from '../../contract/version.ts'
import type { BundledPackage } from '../bundle/make-gateway.ts'
import { hexOf } from '../digest.ts'

export const sbomFile = 'sbom.cdx.json'

export function sbomText(manifest: Manifest, packages: readonly BundledPackage[]): string {
  const own = { name: 'postern', version: posternVersion, licence: 'Apache-2.0' }
  const components = [...[own, ...packages].map(library), ...manifest.inputs.map(document)]
  return cycloneDx({
    tools: [
      { type: 'application', name: 'postern', version: manifest.compiler.postern },
      { type: 'application', name: 'esbuild', version: manifest.compiler.esbuild },
    ],
    component: {
      type: 'application',
      'bom-ref': gatewayReference,
      name: manifest.name,
      version: manifest.version,
      hashes: [{ alg: 'SHA-256', content: hexOf(manifest.digest) }],
      properties: [{ name: 'postern:node', value: manifest.node }],
    },
    components,
    dependencies: [
      { ref: gatewayReference, dependsOn: components.map((component) => component['bom-ref']) },
      ...components.map((component) => ({ ref: component['bom-ref'] })),
    ],
  })
}

/** `component`: what the bill is of; `tools`: what has made it. */
export type BillOfMaterials = {
  readonly tools: readonly unknown[]
  readonly component: unknown
  readonly components: readonly unknown[]
  readonly dependencies: readonly unknown[]
}

/** The document around it. */
export function cycloneDx({ tools, component, components, dependencies }: BillOfMaterials): string {
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], tools: { components: tools }, component },
    components,
    dependencies,
  }
  return `${JSON.stringify(bom, null, 2)}
`
}

const gatewayReference = 'gateway'

function library({ name, version, licence }: BundledPackage) {
  const purl = packageUrl(name, version)
  return { type: 'library', 'bom-ref': purl, name, version, licenses: [{ expression: licence }], purl }
}

function document({ file, digest }: Manifest['inputs'][number]) {
  return { type: 'file', 'bom-ref': `input:${file}`, name: file, hashes: [{ alg: 'SHA-256', content: hexOf(digest) }] }
}

/** How package managers name a package of npm (purl specification, type npm): the scope's `@` is percent-encoded. */
export function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}
