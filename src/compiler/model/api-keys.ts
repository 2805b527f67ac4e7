/** The file that `apiKeys` of postern.yaml names: keys by their digests, and where they may be used. */
import type { ApiKeyPlan } from '../../contract/plan/api-key.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readApiKeyIssuers } from './api-key-issuers.ts'
import { readHeldScopes, readUnique } from './credential-entries.ts'
import { readDay } from './day.ts'
import { parsePasswordDigest } from './password-digest.ts'
import { placedText } from './placed-text.ts'
import { apiKeyKeys, checkProjectKeys } from './project-keys.ts'
import { isAddressRange } from './trusted-proxies.ts'
import type { ApiKey, ApiKeyIssuer } from './types/api-key.ts'

type Seen = { readonly ids: Map<string, SourceNode>; readonly digests: Map<string, SourceNode> }

export type ApiKeyFile = { readonly keys: readonly ApiKey[]; readonly issuers: readonly ApiKeyIssuer[] }

/** @param node the whole file. A key or an issuer with mistakes is left out, which is reported. */
export function readApiKeys(node: SourceNode, sources: Sources, access: NodeAccess): ApiKeyFile | null {
  const root = access.object(node)
  if (root === null) return null
  access.checkKeys(root, ['keys', 'issuers'])
  const seen = { ids: new Map<string, SourceNode>(), digests: new Map<string, SourceNode>() }
  const issuers = access.optional(root, 'issuers', (value) => readApiKeyIssuers(value, sources, access))
  const read = issuers === null ? access.required.bind(access) : access.optional.bind(access)
  const keys = read(root, 'keys', (value) => access.array(value))
  const known = keys?.items.map((item) => readApiKey(item, seen, access)).filter((key) => key !== null) ?? []
  checkSlowDigests(known, access)
  return { keys: known, issuers: issuers ?? [] }
}

function readApiKey(node: SourceNode, seen: Seen, access: NodeAccess): ApiKey | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, apiKeyKeys, access)
  const id = access.required(object, 'id', (value) => readUnique(value, seen.ids, isKeyName, access))
  const digest = access.required(object, 'digest', (value) => readDigest(value, seen.digests, access))
  const optional = <T>(key: keyof typeof apiKeyKeys, read: (value: SourceNode) => T | null): T | null | undefined =>
    object.entries.has(key) ? access.optional(object, key, read) : undefined
  const consumer = optional('consumer', (value) => readUnique(value, new Map(), isKeyName, access))
  const tier = optional('tier', (value) => placedText(value, access))
  const scopes = optional('scopes', (value) => readHeldScopes(value, access))
  const apis = optional('apis', (value) => readList(value, access, (item) => placedText(item, access)))
  const addresses = optional('addresses', (value) => readList(value, access, (item) => readAddress(item, access)))
  const origins = optional('referrers', (value) => readList(value, access, (item) => readOrigin(item, access)))
  const expiresAt = optional('expires', (value) => readExpiry(value, access))
  // What confines a key and cannot be read must not leave it unconfined.
  if (id === null || digest === null || [consumer, tier, scopes, apis, addresses, origins, expiresAt].includes(null)) return null
  return {
    id,
    digest,
    consumer: consumer ?? id,
    tier: tier ?? null,
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

/** Each costs a scrypt for every key that is not known. */
const mostSlowDigests = 8

function readDigest(node: SourceNode, seen: Map<string, SourceNode>, access: NodeAccess): ApiKeyPlan['digest'] | null {
  const text = access.text(node)
  if (text === null) return null
  const [, hex] = /^sha256:([0-9A-Fa-f]{64})$/.exec(text) ?? []
  const slow = text.startsWith('scrypt$') ? parsePasswordDigest(text) : null
  const digest = hex === undefined ? slow : ({ kind: 'sha256', hash: hex.toLowerCase() } as const)
  // The text is not repeated: it may be the key itself.
  if (digest === null || (digest.kind !== 'scrypt' && hex === undefined)) {
    const hint = 'Make a key with `postern token --api-key`.'
    return access.refuse(node, '`digest` must be `sha256:` and 64 hex digits, or a scrypt digest that costs enough', hint)
  }
  const earlier = seen.get(digest.hash)
  if (earlier !== undefined) return access.refuse(node, `the same key is already there, at line ${earlier.at.line}`)
  seen.set(digest.hash, node)
  return digest.kind === 'scrypt' ? digest : { kind: 'sha256', hash: digest.hash }
}

/** Reported at the first one that is too many. */
function checkSlowDigests(keys: readonly ApiKey[], { diagnostics }: NodeAccess): void {
  const slow = keys.filter(({ digest }) => digest.kind === 'scrypt')
  const first = slow[mostSlowDigests]
  if (first === undefined) return
  const hint = 'Give the others random keys, whose digest is SHA-256: `postern token --api-key`.'
  diagnostics.report('invalid-credentials', first.at, `over ${mostSlowDigests} keys have scrypt digests`, hint)
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
  const day = readDay(node, 'expires', access)
  return day === null ? null : Date.parse(`${day}T00:00:00Z`) + 86_400_000
}
