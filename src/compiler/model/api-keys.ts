/** The file that `apiKeys` of postern.yaml names: keys by their digests, and where they may be used. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readHeldScopes, readUnique } from './credential-entries.ts'
import type { ApiKey } from './model.ts'
import { placedText } from './placed-text.ts'
import { apiKeyKeys, checkProjectKeys } from './project-keys.ts'
import { isAddressRange } from './trusted-proxies.ts'

type Seen = { readonly ids: Map<string, SourceNode>; readonly digests: Map<string, SourceNode> }

/** @param node the whole file. A key with mistakes is left out, which is reported. */
export function readApiKeys(node: SourceNode, access: NodeAccess): readonly ApiKey[] | null {
  const root = access.object(node)
  if (root === null) return null
  access.checkKeys(root, ['keys'])
  const seen = { ids: new Map<string, SourceNode>(), digests: new Map<string, SourceNode>() }
  const list = access.required(root, 'keys', (value) => access.array(value))
  return list?.items.map((item) => readApiKey(item, seen, access)).filter((key) => key !== null) ?? null
}

function readApiKey(node: SourceNode, seen: Seen, access: NodeAccess): ApiKey | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, apiKeyKeys, access)
  const id = access.required(object, 'id', (value) => readUnique(value, seen.ids, isKeyName, access))
  const sha256 = access.required(object, 'digest', (value) => readDigest(value, seen.digests, access))
  const optional = <T>(key: keyof typeof apiKeyKeys, read: (value: SourceNode) => T | null): T | null | undefined =>
    object.entries.has(key) ? access.optional(object, key, read) : undefined
  const consumer = optional('consumer', (value) => readUnique(value, new Map(), isKeyName, access))
  const scopes = optional('scopes', (value) => readHeldScopes(value, access))
  const apis = optional('apis', (value) => readList(value, access, (item) => placedText(item, access)))
  const addresses = optional('addresses', (value) => readList(value, access, (item) => readAddress(item, access)))
  const origins = optional('referrers', (value) => readList(value, access, (item) => readOrigin(item, access)))
  const expiresAt = optional('expires', (value) => readExpiry(value, access))
  // What confines a key and cannot be read must not leave it unconfined.
  if (id === null || sha256 === null || [consumer, scopes, apis, addresses, origins, expiresAt].includes(null)) return null
  return {
    id,
    sha256,
    consumer: consumer ?? id,
    scopes: scopes ?? [],
    apis: apis ?? null,
    addresses: addresses ?? [],
    origins: origins ?? [],
    expiresAt: expiresAt ?? null,
    at: object.at,
  }
}

/** It stands in logs, as the consumer; and YAML must not take it for a number. */
export function isKeyName(text: string): boolean {
  return /^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,126}[A-Za-z0-9])?$/.test(text)
}

function readDigest(node: SourceNode, seen: Map<string, SourceNode>, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  if (text.startsWith('scrypt$')) {
    const hint = 'Make a random key with `postern token --api-key`: its digest is SHA-256.'
    access.diagnostics.report('not-supported-yet', node.at, 'scrypt digests of API keys are not supported yet', hint)
    return null
  }
  const [, hex] = /^sha256:([0-9A-Fa-f]{64})$/.exec(text) ?? []
  // The text is not repeated: it may be the key itself.
  if (hex === undefined)
    return access.refuse(node, '`digest` must be `sha256:` and 64 hex digits', 'Make a key with `postern token --api-key`.')
  const digest = hex.toLowerCase()
  const earlier = seen.get(digest)
  if (earlier !== undefined) return access.refuse(node, `the same key is already there, at line ${earlier.at.line}`)
  seen.set(digest, node)
  return digest
}

/** All items or nothing; an empty list would be taken for "any" by one reader and for "none" by another. */
function readList<T>(node: SourceNode, access: NodeAccess, read: (item: SourceNode) => T | null): readonly T[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(node, `\`${node.step}\` names nothing`, 'Leave it out where nothing is to be confined.')
  const items = list.items.map(read)
  const sound = items.filter((item) => item !== null)
  return sound.length === items.length ? sound : null
}

function readAddress(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || isAddressRange(text)) return text
  return access.refuse(node, 'an address must be an IP address or a CIDR range', 'Write for example `10.1.0.0/16` or `fd00::/8`.')
}

/** Across sites browsers say only the origin (the policy `strict-origin-when-cross-origin`), so nothing finer can be kept. */
function readOrigin(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  const url = URL.parse(text.replace(/\/\*?$/, ''))
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/\*?$/, '')
  return isOrigin ? url.origin : access.refuse(node, 'a referrer must be an origin', 'Write for example `https://partner.example/*`.')
}

/** The last day (UTC) on which the key holds. */
function readExpiry(node: SourceNode, access: NodeAccess): number | null {
  const text = access.text(node)
  if (text === null) return null
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  const exists = day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  return exists ? day.getTime() + 86_400_000 : access.refuse(node, '`expires` must be a day', 'Write for example `2027-06-30`.')
}
