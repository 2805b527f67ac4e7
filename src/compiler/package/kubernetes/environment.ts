/** The settings of a gateway in a Pod: values, references to Secrets, and files from them. A secret's value stands nowhere. */
import { filesFolder, keptFolder, tlsFolder } from '../../model/pod-folders.ts'
import { settingKinds } from '../../model/setting-kinds.ts'
import { type ClusterGateway, portsOf, tlsSecretOf } from './cluster-gateway.ts'

/** As a gateway has it by itself. */
export const standardDrainSeconds = 20

type Variable = { readonly name: string; readonly value: string } | { readonly name: string; readonly valueFrom: unknown }

export type PodSettings = {
  readonly variables: readonly Variable[]
  readonly volumes: readonly Readonly<Record<string, unknown>>[]
  readonly mounts: readonly Readonly<Record<string, unknown>>[]
  /** What somebody must put into the Secret; the rest may be there. */
  readonly keys: readonly string[]
}

export function podSettings(gateway: ClusterGateway): PodSettings {
  const { project, kubernetes } = gateway
  const variables = new Map<string, Variable>()
  const files: string[] = []
  const keys: string[] = []
  const give = (name: string, value: string): void => void variables.set(name, { name, value: literal(value) })
  // Said, so that nobody changes it without the grace period that goes with it.
  give('POSTERN_DRAIN_SECONDS', String(standardDrainSeconds))
  for (const [name, kind] of settingKinds(project)) {
    const given = kubernetes.settings.get(name)?.value
    const hasDefault = project.settings.get(name)?.default !== null
    if (given !== undefined) give(name, given)
    else if (kind === 'secret' || (kind === 'login' && !hasDefault)) {
      const secretKeyRef = { name: kubernetes.secretName, key: name, ...(hasDefault ? { optional: true } : {}) }
      variables.set(name, { name, valueFrom: { secretKeyRef } })
      if (!hasDefault) keys.push(name)
    } else if (kind === 'file' && !hasDefault) {
      give(name, `${filesFolder}/${name}`)
      files.push(name)
      keys.push(name)
    }
  }
  for (const [name, { value }] of kubernetes.settings) if (name.startsWith('POSTERN_')) give(name, value)
  for (const [name, port] of portVariables(gateway)) give(name, port)
  const volumes = volumesOf(gateway, files)
  if (tlsSecretOf(gateway) !== null) {
    give('POSTERN_TLS_CERT', `${tlsFolder}/tls.crt`)
    give('POSTERN_TLS_KEY', `${tlsFolder}/tls.key`)
  }
  return {
    variables: [...variables.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    volumes: volumes.map(({ name, source }) => ({ name, ...source })),
    mounts: volumes.map(({ name, path, readOnly }) => ({ name, mountPath: path, ...(readOnly ? { readOnly } : {}) })),
    keys: keys.toSorted(),
  }
}

/** Kubernetes takes `$(NAME)` for another variable, and `$$` for one `$`; any other `$` is left alone. */
function literal(value: string): string {
  return /\$[$(]/.test(value) ? value.replaceAll('$', '$$$$') : value
}

type Volume = {
  readonly name: string
  readonly path: string
  readonly readOnly: boolean
  readonly source: Readonly<Record<string, unknown>>
}

function volumesOf(gateway: ClusterGateway, files: readonly string[]): readonly Volume[] {
  const volumes: Volume[] = []
  // Readable for the group, which is the gateway's: `fsGroup`.
  const secret = (secretName: string, items?: unknown): Volume['source'] => ({
    secret: { secretName, defaultMode: 0o440, ...(items ? { items } : {}) },
  })
  if (files.length > 0) {
    const items = files.toSorted().map((name) => ({ key: name, path: name }))
    volumes.push({ name: 'files', path: filesFolder, readOnly: true, source: secret(gateway.kubernetes.secretName, items) })
  }
  const tlsSecret = tlsSecretOf(gateway)
  if (tlsSecret !== null) volumes.push({ name: 'tls', path: tlsFolder, readOnly: true, source: secret(tlsSecret) })
  const kept = keptFolder(gateway.project, gateway.kubernetes)
  if (kept !== null) volumes.push({ name: 'revocations', path: kept, readOnly: false, source: { emptyDir: {} } })
  return volumes
}

/** A port that the project leaves to the system is fixed here. */
function portVariables(gateway: ClusterGateway): readonly (readonly [string, string])[] {
  const ports = portsOf(gateway)
  return (['http', 'https', 'admin'] as const).flatMap((name) =>
    gateway.plan.listen[name] === 0 && (name !== 'https' || tlsSecretOf(gateway) !== null)
      ? [[`POSTERN_${name.toUpperCase()}_PORT`, String(ports[name])] as const]
      : [],
  )
}
