/** What an image says of itself: its configuration, labels and annotations. */
import type { Manifest } from '../contract/manifest.ts'
import { posternVersion } from '../contract/version.ts'
import { gatewayFolder } from './entrypoint.ts'
import type { HistoryEntry, Layer, Platform } from './oci.ts'

export type ImageConfig = {
  readonly platform: Platform
  readonly layers: readonly Layer[]
  readonly history: readonly HistoryEntry[]
  readonly environment: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
}

/** Without rights, and a number, so that Kubernetes can see that it is not root. */
export const user = '65532:65532'

export function imageConfig(image: ImageConfig, manifest: Manifest, created: string): unknown {
  const { platform, layers, history, environment, labels, entrypoint } = image
  const { http, https, admin } = manifest.listeners
  const ports = [...new Set([http, https, admin])].filter((port) => port !== 0).toSorted((a, b) => a - b)
  return {
    created,
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant === null ? {} : { variant: platform.variant }),
    config: {
      User: user,
      ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
      Env: withEnvironment(environment),
      Entrypoint: entrypoint,
      WorkingDir: gatewayFolder,
      Labels: labels,
      StopSignal: 'SIGTERM',
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: [...history, { created, created_by: `postern ${posternVersion}`, comment: 'gateway' }],
  }
}

/** The base's, but for what would loosen the flags of the entry point. */
function withEnvironment(environment: readonly string[]): readonly string[] {
  const kept = environment.filter((each) => !/^(?:NODE_OPTIONS|NODE_ENV)=/.test(each))
  return [...kept, 'NODE_ENV=production']
}

/** Labels of the configuration and annotations of the manifest: the OCI's own names, and Postern's. */
export function labelsOf(
  manifest: Manifest,
  base: { readonly digest: string; readonly name: string | null } | null,
  created: string,
): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {
    'org.opencontainers.image.created': created,
    'org.opencontainers.image.title': manifest.name,
    'org.opencontainers.image.version': manifest.version,
  }
  if (base !== null) labels['org.opencontainers.image.base.digest'] = base.digest
  if (base?.name) labels['org.opencontainers.image.base.name'] = base.name
  labels['dev.postern.gateway.digest'] = manifest.digest
  labels['dev.postern.version'] = posternVersion
  return labels
}
