/** `keys` of an application: by what its callers are known, and which web pages may use that. */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, consumerKeyKeys } from './project-keys.ts'
import type { Placed } from './types/placed.ts'
import type { ConsumerKey } from './types/subscriptions.ts'

const kinds = ['client', 'consumer', 'user', 'certificate'] as const

/** A key with mistakes is left out, which is reported. */
export function readConsumerKeys(node: SourceNode, access: NodeAccess): readonly ConsumerKey[] | null {
  return access.array(node)?.items.flatMap((item) => readConsumerKey(item, access) ?? []) ?? null
}

function readConsumerKey(node: SourceNode, access: NodeAccess): ConsumerKey | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, consumerKeyKeys, access)
  const given = kinds.filter((kind) => object.entries.has(kind))
  const [kind] = given
  if (kind === undefined || given.length > 1) {
    return access.refuse(
      object,
      'a key is one of `client`, `consumer`, `user` and `certificate`',
      'Write for example `{ client: mobile }`.',
    )
  }
  const name = access.required(object, kind, (value) => readHolder(value, kind, access))
  const issuer = readIssuer(object, kind, access)
  const type = access.optional(object, 'type', (value) => access.oneOf(value, ['PRODUCTION', 'SANDBOX']))
  const domains = object.entries.has('domains') ? access.optional(object, 'domains', (value) => readDomains(value, access)) : []
  // What confines a key and cannot be read must not leave it unconfined.
  if (name === null || domains === null || (object.entries.has('type') && type === null)) return null
  return { kind, name, issuer, keyType: type === null ? null : type === 'PRODUCTION' ? 'production' : 'sandbox', domains }
}

function readHolder(node: SourceNode, kind: ConsumerKey['kind'], access: NodeAccess): Placed<string> | null {
  const placed = placedText(node, access)
  if (placed === null || kind !== 'certificate') return placed
  const hex = placed.value.replaceAll(':', '').toLowerCase()
  const hint = 'Write the SHA-256 of the certificate: `openssl x509 -fingerprint -sha256` shows it.'
  return /^[0-9a-f]{64}$/.test(hex) ? { value: hex, at: placed.at } : access.refuse(node, '`certificate` must be 64 hex digits', hint)
}

function readIssuer(object: ObjectNode, kind: ConsumerKey['kind'], access: NodeAccess): Placed<string> | null {
  const issuer = access.optional(object, 'issuer', (value) => placedText(value, access))
  if (issuer !== null && kind !== 'client')
    access.refuse(object, `\`issuer\` stands beside \`${kind}\`, which no issuer gives`, 'Remove it.')
  return issuer
}

/** An empty list would be taken for "any" by one reader and for "none" by another. */
function readDomains(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(node, '`domains` names nothing', 'Leave it out where nothing is to be confined.')
  const domains = list.items.map((item) => readDomain(item, access))
  const sound = domains.filter((domain) => domain !== null)
  return sound.length === domains.length ? sound : null
}

/** A host as browsers write it in `Origin`, or `*.` and a host of several labels: all below it. */
function readDomain(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  const host = text.startsWith('*.') ? text.slice(2) : text
  const isHost = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.|$))+(?<!\.)$/.test(host) && URL.parse(`https://${host}/`)?.hostname === host
  const isWide = text.startsWith('*.') && (!host.includes('.') || /^[0-9.]+$/.test(host))
  const hint = 'Write `partner.example`, or `*.partner.example` for all hosts below it; other alphabets as `xn--…`.'
  return isHost && !isWide ? text : access.refuse(node, 'a domain must be the name of a host in lower case, without scheme and port', hint)
}
