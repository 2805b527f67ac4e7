/** A backend as a person writes it: a URL, or an object with one. */
import type { Diagnostics } from '../diagnostics.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { credentialText, readCredential, settleCredential, type WrittenCredential } from './backend-credential.ts'
import { readTls, settleTls, tlsText, type WrittenTls } from './backend-tls.ts'
import { placedText } from './placed-text.ts'
import { type SettingsCollector, settlesIn } from './setting-text.ts'
import type { Backend } from './types/backend.ts'
import type { Placed } from './types/placed.ts'

export const backendKeys = ['url', 'http', 'authorities', 'certificate', 'key', 'serverName', 'credential'] as const

/** Its settings become the operator's business only where it is used, so its texts stay as they are written until then. */
export type WrittenBackend = {
  readonly url: Placed<string>
  readonly http: '1.1' | '2'
  readonly tls: WrittenTls | null
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
  const settle = settlesIn(settings, diagnostics)
  const { http } = written
  const url = settle(written.url, usedFor)
  const tls = written.tls === null ? null : settleTls(written.tls, usedFor, settle)
  const credential = written.credential === null ? null : settleCredential(written.credential, usedFor, settle)
  if (url === null || (tls === null) !== (written.tls === null) || (credential === null) !== (written.credential === null)) return null
  return { value: { url, http, tls, credential }, at }
}

/** The same text for the same backend. */
export function backendText({ url, http, tls, credential }: WrittenBackend): string {
  return JSON.stringify([url.value, http, tlsText(tls), credential === null ? null : credentialText(credential)])
}

/** YAML reads `http: 2` and `http: 1.1` as numbers. */
function readVersion(node: SourceNode, access: NodeAccess): '1.1' | '2' | null {
  const text = node.kind === 'scalar' ? node.text : ''
  if (text === '1.1' || text === '2') return text
  return access.refuse(node, '`http` must be `1.1` or `2`')
}
