/** How a TLS connection to a backend or to a service is made, as it stands beside its `url`. */
import type { BackendTlsPlan } from '../../contract/plan/tls.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { type AuthorityFiles, readAuthorityFiles } from './authorities.ts'
import { placedText } from './placed-text.ts'
import { holdsSetting, type Settle } from './setting-text.ts'
import type { Authority } from './types/authority.ts'
import type { BackendTls } from './types/backend.ts'
import type { Placed } from './types/placed.ts'

export const tlsKeys = ['authorities', 'certificate', 'key', 'serverName'] as const

export type WrittenTls = {
  readonly authorities: readonly Authority[]
  readonly client: { readonly certificate: Placed<string>; readonly key: Placed<string> } | null
  readonly serverName: string | null
  readonly at: Placed<string>['at']
}

/** `authorities`, `certificate`, `key` and `serverName` of a mapping; `null` where it has none of them. */
export function readTls(node: ObjectNode, access: NodeAccess, files: AuthorityFiles): WrittenTls | null | 'refused' {
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

/** What is said about certificates, with its settings found and collected; `null` where one is malformed, which is reported. */
export function settleTls({ authorities, client, serverName, at }: WrittenTls, usedFor: string, settle: Settle): BackendTls | null {
  const certificate = client === null ? null : settle(client.certificate, `client certificate for ${usedFor}`)
  const key = client === null ? null : settle(client.key, `key of the client certificate for ${usedFor}`)
  if (client !== null && (certificate === null || key === null)) return null
  const clientCertificate = certificate === null || key === null ? null : { certificate, key }
  return { authorities, clientCertificate, serverName, at }
}

export function planTls(tls: BackendTls | null): BackendTlsPlan | null {
  if (tls === null) return null
  const { authorities, clientCertificate, serverName } = tls
  return { authorities: authorities.map(({ pem }) => pem), clientCertificate, serverName }
}

/** The same text for the same certificates. */
export function tlsText(written: WrittenTls | null): string {
  const { authorities = [], client = null, serverName = null } = written ?? {}
  return JSON.stringify([authorities.map(({ pem }) => pem), client?.certificate.value, client?.key.value, serverName])
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
