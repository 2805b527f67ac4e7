/** A backend as a person writes it: a URL, or an object with one. */
import type { SettingText } from '../../contract/plan.ts'
import type { Diagnostics } from '../diagnostics.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { type AuthorityFiles, readAuthorityFiles } from './authorities.ts'
import { credentialText, readCredential, settleCredential, type WrittenCredential } from './backend-credential.ts'
import type { Authority, Backend, Placed } from './model.ts'
import { placedText } from './placed-text.ts'
import { holdsSetting, parseSettingText, type SettingsCollector } from './setting-text.ts'

export const backendKeys = ['url', 'http', 'authorities', 'certificate', 'key', 'serverName', 'credential'] as const
const tlsKeys = ['authorities', 'certificate', 'key', 'serverName'] as const

/** Its settings become the operator's business only where it is used, so its texts stay as they are written until then. */
export type WrittenBackend = {
  readonly url: Placed<string>
  readonly http: '1.1' | '2'
  readonly tls: {
    readonly authorities: readonly Authority[]
    readonly client: { readonly certificate: Placed<string>; readonly key: Placed<string> } | null
    readonly serverName: string | null
    readonly at: Placed<string>['at']
  } | null
  readonly credential: WrittenCredential | null
}

export function plainBackend(url: Placed<string>): Placed<WrittenBackend> {
  return { value: { url, http: '1.1', tls: null, credential: null }, at: url.at }
}

export function readWrittenBackend(node: SourceNode, access: NodeAccess, files: AuthorityFiles): Placed<WrittenBackend> | null {
  if (node.kind !== 'object') {
    const url = placedText(node, access)
    return url === null ? null : plainBackend(url)
  }
  access.checkKeys(node, backendKeys)
  const url = access.required(node, 'url', (value) => placedText(value, access))
  const http = access.optional(node, 'http', (value) => readVersion(value, access))
  const tls = readTls(node, access, files)
  const credential = access.optional(node, 'credential', (value) => readCredential(value, access, files))
  if (url === null || tls === 'refused' || (http === null && node.entries.has('http'))) return null
  // Without the credential that is meant, the backend is not the one that is meant.
  if (credential === null && node.entries.has('credential')) return null
  return { value: { url, http: http ?? '1.1', tls, credential }, at: url.at }
}

/** The backend with its settings found and collected; `null` where one is malformed, which is reported. */
export function settleBackend(
  { value: written, at }: Placed<WrittenBackend>,
  usedFor: string,
  settings: SettingsCollector,
  diagnostics: Diagnostics,
): Placed<Backend> | null {
  const text = ({ value, at: place }: Placed<string>, use: string): SettingText | null =>
    parseSettingText(value, place, use, settings, diagnostics)
  const { http } = written
  const url = text(written.url, usedFor)
  const tls = written.tls === null ? null : settleTls(written.tls, usedFor, settings, diagnostics)
  const credential = written.credential === null ? null : settleCredential(written.credential, usedFor, text)
  if (url === null || (tls === null) !== (written.tls === null) || (credential === null) !== (written.credential === null)) return null
  return { value: { url, http, tls, credential }, at }
}

/** What is said about certificates, with its settings found and collected; `null` where one is malformed, which is reported. */
export function settleTls(
  { authorities, client, serverName, at }: NonNullable<WrittenBackend['tls']>,
  usedFor: string,
  settings: SettingsCollector,
  diagnostics: Diagnostics,
): NonNullable<Backend['tls']> | null {
  const text = ({ value, at: place }: Placed<string>, use: string): SettingText | null =>
    parseSettingText(value, place, use, settings, diagnostics)
  const certificate = client === null ? null : text(client.certificate, `client certificate for ${usedFor}`)
  const key = client === null ? null : text(client.key, `key of the client certificate for ${usedFor}`)
  if (client !== null && (certificate === null || key === null)) return null
  const clientCertificate = certificate === null || key === null ? null : { certificate, key }
  return { authorities, clientCertificate, serverName, at }
}

/** The same text for the same backend. */
export function backendText({ url, http, tls, credential }: WrittenBackend): string {
  const { authorities = [], client = null, serverName = null } = tls ?? {}
  const certificate = [client?.certificate.value, client?.key.value, serverName]
  return JSON.stringify([
    url.value,
    http,
    authorities.map(({ pem }) => pem),
    ...certificate,
    credential === null ? null : credentialText(credential),
  ])
}

/** YAML reads `http: 2` and `http: 1.1` as numbers. */
function readVersion(node: SourceNode, access: NodeAccess): '1.1' | '2' | null {
  const text = node.kind === 'scalar' ? node.text : ''
  if (text === '1.1' || text === '2') return text
  return access.refuse(node, '`http` must be `1.1` or `2`')
}

/** `authorities`, `certificate`, `key` and `serverName` of a mapping; `null` where it has none of them. */
export function readTls(node: ObjectNode, access: NodeAccess, files: AuthorityFiles): WrittenBackend['tls'] | 'refused' {
  const first = [...node.entries].find(([key]) => (tlsKeys as readonly string[]).includes(key))
  if (first === undefined) return null
  const authorities = access.optional(node, 'authorities', (value) => readAuthorityFiles(value, files, access))
  const certificate = access.optional(node, 'certificate', (value) => readPath(value, access))
  const key = access.optional(node, 'key', (value) => readPath(value, access))
  const serverName = access.optional(node, 'serverName', (value) => readServerName(value, access))
  const read = { authorities, certificate, key, serverName }
  if (tlsKeys.some((name) => node.entries.has(name) && read[name] === null)) return 'refused'
  if ((certificate === null) !== (key === null)) {
    access.refuse(node, '`certificate` and `key` stand together', 'Give both, or neither.')
    return 'refused'
  }
  const client = certificate === null || key === null ? null : { certificate, key }
  return { authorities: authorities ?? [], client, serverName, at: first[1].keyAt }
}

/** A path on the machine that runs the gateway, which is known there only. */
function readPath(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const path = placedText(node, access)
  if (path === null || (holdsSetting(path.value) && !/[\r\n]/.test(path.value))) return path
  const hint = `Write for example \`${node.step}: \${BACKEND_${node.step.toUpperCase()}_FILE}\`: neither is baked into the gateway.`
  return access.refuse(node, `\`${node.step}\` must be a setting that holds the path of a file`, hint)
}

/** A host name or an address (RFC 6066 §3, RFC 9525 §6). */
function readServerName(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  if (
    name === null ||
    (name.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i.test(name))
  )
    return name
  return /^[0-9a-f:.]+$/i.test(name)
    ? name
    : access.refuse(node, '`serverName` must be a host name or an address', 'Leave scheme and port out.')
}
