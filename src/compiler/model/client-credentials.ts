/** `clientCredentials` of a backend: where its tokens come from, and as whom the gateway asks for them (RFC 6749 §4.4). */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { planTls, readTls, settleTls, tlsKeys, tlsText, type WrittenTls } from './backend-tls.ts'
import { clientKeys, clientText, readClient, settleClient, type WrittenClient } from './client-authentication.ts'
import { placedText } from './placed-text.ts'
import { readSecret } from './secret.ts'
import { holdsSetting, type Settle } from './setting-text.ts'
import type { BackendCredential } from './types/backend.ts'
import type { Placed } from './types/placed.ts'

export type WrittenGrant = {
  readonly url: Placed<string>
  readonly tls: WrittenTls | null
  readonly client: WrittenClient
  readonly scopes: readonly string[]
  readonly audience: string | null
}

export function readGrant(node: ObjectNode, access: NodeAccess, files: AuthorityFiles): WrittenGrant | null {
  access.checkKeys(node, ['url', ...tlsKeys, ...clientKeys, 'clientAudience', 'scopes', 'audience'])
  const url = access.required(node, 'url', (value) => placedText(value, access))
  const tls = readTls(node, access, files)
  const client = readClient(node, {
    access,
    audienceKey: 'clientAudience',
    readSecret: (value) => readSecret(value, access),
    hasCertificate: node.entries.has('certificate'),
  })
  const scopes = access.optional(node, 'scopes', (value) => readScopes(value, access))
  const audience = access.optional(node, 'audience', (value) => readFixed(value, access))
  if (url === null || tls === 'refused' || client === null) return null
  if ((scopes === null && node.entries.has('scopes')) || (audience === null && node.entries.has('audience'))) return null
  return { url, tls, client, scopes: scopes ?? [], audience }
}

/** `null` where a setting is malformed, which is reported. */
export function settleGrant(written: WrittenGrant, usedFor: string, settle: Settle): Pick<BackendCredential, 'plan' | 'tls'> | null {
  const { scopes, audience } = written
  const url = settle(written.url, `token endpoint for ${usedFor}`)
  const tls = written.tls === null ? null : settleTls(written.tls, `the token endpoint for ${usedFor}`, settle)
  const client = url === null ? null : settleClient(written.client, usedFor, url, settle)
  if (url === null || client === null || (tls === null) !== (written.tls === null)) return null
  const service = { url, plainHttp: false, tls: planTls(tls) }
  return { plan: { kind: 'client-credentials', service, client, scopes, audience }, tls }
}

/** The same text for the same grant. */
export function grantText({ url, tls, client, scopes, audience }: WrittenGrant): string {
  return JSON.stringify([url.value, tlsText(tls), clientText(client), scopes, audience])
}

/** RFC 6749 §3.3. */
function readScopes(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const list = access.array(node)
  const scopes = list?.items.map((item) => access.text(item)) ?? []
  if (list === null || scopes.includes(null)) return null
  if (scopes.every((scope) => scope !== null && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) return scopes.filter((scope) => scope !== null)
  return access.refuse(list, 'a scope must be one word of visible ASCII characters, without quotes and backslash')
}

function readFixed(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  return text === null || !holdsSetting(text) ? text : access.refuse(node, `\`${node.step}\` cannot be a setting`)
}
